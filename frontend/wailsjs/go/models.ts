export namespace app {
	
	export class Check {
	    part: string;
	    state: string;
	    detail: string;
	    fix: string;
	
	    static createFrom(source: any = {}) {
	        return new Check(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.part = source["part"];
	        this.state = source["state"];
	        this.detail = source["detail"];
	        this.fix = source["fix"];
	    }
	}
	export class DisplayItem {
	    index: number;
	    name: string;
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new DisplayItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.index = source["index"];
	        this.name = source["name"];
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}
	export class DocumentItem {
	    id: string;
	    title: string;
	    session: string;
	    steps: number;
	    updated: string;
	    revision: number;
	    status: string;
	
	    static createFrom(source: any = {}) {
	        return new DocumentItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.session = source["session"];
	        this.steps = source["steps"];
	        this.updated = source["updated"];
	        this.revision = source["revision"];
	        this.status = source["status"];
	    }
	}
	export class ExportResult {
	    files: string[];
	    warnings: string[];
	
	    static createFrom(source: any = {}) {
	        return new ExportResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.files = source["files"];
	        this.warnings = source["warnings"];
	    }
	}
	export class MicrophoneItem {
	    id: string;
	    name: string;
	    isDefault: boolean;
	    isMonitor: boolean;
	
	    static createFrom(source: any = {}) {
	        return new MicrophoneItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.isDefault = source["isDefault"];
	        this.isMonitor = source["isMonitor"];
	    }
	}
	export class ModelItem {
	    name: string;
	    path: string;
	    sizeBytes: number;
	    description: string;
	    current: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ModelItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.path = source["path"];
	        this.sizeBytes = source["sizeBytes"];
	        this.description = source["description"];
	        this.current = source["current"];
	    }
	}
	export class WindowItem {
	    id: number;
	    title: string;
	    program: string;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new WindowItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.program = source["program"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}
	export class Preflight {
	    displays: DisplayItem[];
	    microphones: MicrophoneItem[];
	    checks: Check[];
	    defaultTitle: string;
	    freeBytes: number;
	    hours: number;
	    windows: WindowItem[];
	    never: string;
	
	    static createFrom(source: any = {}) {
	        return new Preflight(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.displays = this.convertValues(source["displays"], DisplayItem);
	        this.microphones = this.convertValues(source["microphones"], MicrophoneItem);
	        this.checks = this.convertValues(source["checks"], Check);
	        this.defaultTitle = source["defaultTitle"];
	        this.freeBytes = source["freeBytes"];
	        this.hours = source["hours"];
	        this.windows = this.convertValues(source["windows"], WindowItem);
	        this.never = source["never"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Said {
	    startMs: number;
	    endMs: number;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new Said(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.startMs = source["startMs"];
	        this.endMs = source["endMs"];
	        this.text = source["text"];
	    }
	}
	export class Trouble {
	    source: string;
	    message: string;
	    help: string;
	    sinceMs: number;
	
	    static createFrom(source: any = {}) {
	        return new Trouble(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.source = source["source"];
	        this.message = source["message"];
	        this.help = source["help"];
	        this.sinceMs = source["sinceMs"];
	    }
	}
	export class RecorderStatus {
	    state: string;
	    session: string;
	    elapsedMs: number;
	    countdownMs: number;
	    level: number;
	    clicks: number;
	    commands: number;
	    frames: number;
	    warnings: string[];
	    error: string;
	    troubles: Trouble[];
	    holds: string[];
	    removedMs: number;
	    said: Said[];
	    unheardMs: number;
	    compact: boolean;
	
	    static createFrom(source: any = {}) {
	        return new RecorderStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.session = source["session"];
	        this.elapsedMs = source["elapsedMs"];
	        this.countdownMs = source["countdownMs"];
	        this.level = source["level"];
	        this.clicks = source["clicks"];
	        this.commands = source["commands"];
	        this.frames = source["frames"];
	        this.warnings = source["warnings"];
	        this.error = source["error"];
	        this.troubles = this.convertValues(source["troubles"], Trouble);
	        this.holds = source["holds"];
	        this.removedMs = source["removedMs"];
	        this.said = this.convertValues(source["said"], Said);
	        this.unheardMs = source["unheardMs"];
	        this.compact = source["compact"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class SearchHit {
	    id: string;
	    title: string;
	    snippet: string;
	
	    static createFrom(source: any = {}) {
	        return new SearchHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.snippet = source["snippet"];
	    }
	}
	export class SessionItem {
	    id: string;
	    title: string;
	    started: string;
	    lengthMs: number;
	    state: string;
	    document: string;
	    events: number;
	
	    static createFrom(source: any = {}) {
	        return new SessionItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.started = source["started"];
	        this.lengthMs = source["lengthMs"];
	        this.state = source["state"];
	        this.document = source["document"];
	        this.events = source["events"];
	    }
	}
	export class Settings {
	    author: string;
	    theme: string;
	    countdownSeconds: number;
	    microphone: string;
	    target: capture.Target;
	    model: string;
	    deny: string[];
	    hotkeys: Record<string, string>;
	    offRecordSeconds: number;
	    notifications: boolean;
	    tray: boolean;
	    bar: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.author = source["author"];
	        this.theme = source["theme"];
	        this.countdownSeconds = source["countdownSeconds"];
	        this.microphone = source["microphone"];
	        this.target = this.convertValues(source["target"], capture.Target);
	        this.model = source["model"];
	        this.deny = source["deny"];
	        this.hotkeys = source["hotkeys"];
	        this.offRecordSeconds = source["offRecordSeconds"];
	        this.notifications = source["notifications"];
	        this.tray = source["tray"];
	        this.bar = source["bar"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Snapshot {
	    document?: sop.Document;
	    revision: number;
	    canUndo: boolean;
	    canRedo: boolean;
	    savedAt: string;
	    numbers: Record<string, number>;
	
	    static createFrom(source: any = {}) {
	        return new Snapshot(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.document = this.convertValues(source["document"], sop.Document);
	        this.revision = source["revision"];
	        this.canUndo = source["canUndo"];
	        this.canRedo = source["canRedo"];
	        this.savedAt = source["savedAt"];
	        this.numbers = source["numbers"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class StartOptions {
	    title: string;
	    microphone: string;
	    countdownSeconds: number;
	    target: capture.Target;
	
	    static createFrom(source: any = {}) {
	        return new StartOptions(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.title = source["title"];
	        this.microphone = source["microphone"];
	        this.countdownSeconds = source["countdownSeconds"];
	        this.target = this.convertValues(source["target"], capture.Target);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	

}

export namespace capture {
	
	export class Rect {
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new Rect(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}
	export class Target {
	    kind?: string;
	    display?: number;
	    window?: number;
	    region: Rect;
	
	    static createFrom(source: any = {}) {
	        return new Target(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.display = source["display"];
	        this.window = source["window"];
	        this.region = this.convertValues(source["region"], Rect);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace sop {
	
	export class Callout {
	    kind: string;
	    text: string;
	    source?: string;
	    rule?: string;
	
	    static createFrom(source: any = {}) {
	        return new Callout(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.source = source["source"];
	        this.rule = source["rule"];
	    }
	}
	export class Command {
	    line: string;
	    folder?: string;
	    host?: string;
	    user?: string;
	    shell?: string;
	    exit?: number;
	    output?: string;
	    omitted?: number;
	    inferred?: boolean;
	    class?: string;
	    production?: boolean;
	    productionBy?: string;
	    context?: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Command(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.line = source["line"];
	        this.folder = source["folder"];
	        this.host = source["host"];
	        this.user = source["user"];
	        this.shell = source["shell"];
	        this.exit = source["exit"];
	        this.output = source["output"];
	        this.omitted = source["omitted"];
	        this.inferred = source["inferred"];
	        this.class = source["class"];
	        this.production = source["production"];
	        this.productionBy = source["productionBy"];
	        this.context = source["context"];
	    }
	}
	export class Parameter {
	    name: string;
	    example: string;
	    description?: string;
	    accepted?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Parameter(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.example = source["example"];
	        this.description = source["description"];
	        this.accepted = source["accepted"];
	    }
	}
	export class Revision {
	    version: string;
	    // Go type: time
	    date: any;
	    author?: string;
	    change: string;
	
	    static createFrom(source: any = {}) {
	        return new Revision(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.date = this.convertValues(source["date"], null);
	        this.author = source["author"];
	        this.change = source["change"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Sentence {
	    text: string;
	    start: number;
	    end: number;
	    dropped?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Sentence(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.start = source["start"];
	        this.end = source["end"];
	        this.dropped = source["dropped"];
	    }
	}
	export class FigureMark {
	    shape: string;
	    rect: Rect;
	
	    static createFrom(source: any = {}) {
	        return new FigureMark(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.shape = source["shape"];
	        this.rect = this.convertValues(source["rect"], Rect);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Figure {
	    id: string;
	    frame: string;
	    origin: Rect;
	    crop?: Rect;
	    marks?: FigureMark[];
	    redactions?: Rect[];
	    alt?: string;
	    caption?: string;
	
	    static createFrom(source: any = {}) {
	        return new Figure(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.frame = source["frame"];
	        this.origin = this.convertValues(source["origin"], Rect);
	        this.crop = this.convertValues(source["crop"], Rect);
	        this.marks = this.convertValues(source["marks"], FigureMark);
	        this.redactions = this.convertValues(source["redactions"], Rect);
	        this.alt = source["alt"];
	        this.caption = source["caption"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Rect {
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new Rect(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}
	export class Step {
	    id: string;
	    kind: string;
	    title: string;
	    body?: string;
	    label?: string;
	    role?: string;
	    window?: string;
	    program?: string;
	    typed?: string;
	    command?: Command;
	    review?: string;
	    start?: number;
	    end?: number;
	    box?: Rect;
	    figures?: Figure[];
	    spoken?: Sentence[];
	    callouts?: Callout[];
	    sources?: Record<string, string>;
	    events?: number[];
	
	    static createFrom(source: any = {}) {
	        return new Step(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.title = source["title"];
	        this.body = source["body"];
	        this.label = source["label"];
	        this.role = source["role"];
	        this.window = source["window"];
	        this.program = source["program"];
	        this.typed = source["typed"];
	        this.command = this.convertValues(source["command"], Command);
	        this.review = source["review"];
	        this.start = source["start"];
	        this.end = source["end"];
	        this.box = this.convertValues(source["box"], Rect);
	        this.figures = this.convertValues(source["figures"], Figure);
	        this.spoken = this.convertValues(source["spoken"], Sentence);
	        this.callouts = this.convertValues(source["callouts"], Callout);
	        this.sources = source["sources"];
	        this.events = source["events"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Section {
	    id: string;
	    kind: string;
	    title: string;
	    body?: string;
	    steps?: Step[];
	    sources?: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Section(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.title = source["title"];
	        this.body = source["body"];
	        this.steps = this.convertValues(source["steps"], Step);
	        this.sources = source["sources"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Document {
	    schema: number;
	    id: string;
	    session?: string;
	    kind: string;
	    title: string;
	    owner?: string;
	    author?: string;
	    version?: string;
	    status: string;
	    appliesTo?: string;
	    // Go type: time
	    recorded: any;
	    length?: number;
	    sections: Section[];
	    revisions?: Revision[];
	    parameters?: Parameter[];
	
	    static createFrom(source: any = {}) {
	        return new Document(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.schema = source["schema"];
	        this.id = source["id"];
	        this.session = source["session"];
	        this.kind = source["kind"];
	        this.title = source["title"];
	        this.owner = source["owner"];
	        this.author = source["author"];
	        this.version = source["version"];
	        this.status = source["status"];
	        this.appliesTo = source["appliesTo"];
	        this.recorded = this.convertValues(source["recorded"], null);
	        this.length = source["length"];
	        this.sections = this.convertValues(source["sections"], Section);
	        this.revisions = this.convertValues(source["revisions"], Revision);
	        this.parameters = this.convertValues(source["parameters"], Parameter);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	
	
	
	

}

