import { SvelteMap } from 'svelte/reactivity';
import {
  toFault,
  type Callout,
  type DocumentField,
  type Edit,
  type EditorBackend,
  type Fault,
  type Figure,
  type Snapshot,
  type Step,
  type StepField,
  type StepKind,
} from '../backend';
import type { Alerts } from './alerts.svelte';
import { allSteps, blankStep, changedStep, dropTarget, find, nameOf, neighbour, nextInSection, share, type Target } from './steps';

export type SaveState = 'saved' | 'saving' | 'unsaved' | 'failed';

/** A text that was typed and is not yet in the snapshot. */
interface Draft {
  text: string;
  edit: (text: string) => Edit;
  timer?: ReturnType<typeof setTimeout>;
}

const typingPause = 400;
/** Typing that goes on within this time is undone in one. */
const oneThought = 2000;

/**
 * The open document. Go owns it: every change is sent as an edit, one at a
 * time and in order, and what is shown follows the snapshot that comes back.
 * Typed text is held as drafts until Go has it.
 */
export class EditorState {
  snapshot = $state.raw<Snapshot | null>(null);
  selected = $state('');
  saving = $state<SaveState>('saved');
  /** The step that should be scrolled to. */
  show = $state('');
  /** The step that should take the keyboard once it is drawn. */
  focus = $state('');

  #id = '';
  #backend: EditorBackend;
  #alerts: Alerts;
  #drafts = new SvelteMap<string, Draft>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #lastText = { key: '', at: 0 };
  #caret = { step: '', at: 0 };
  // Plain on purpose: filled before the snapshot that makes it be read.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #figures = new Map<string, { text: string; revision: number }>();

  constructor(backend: EditorBackend, alerts: Alerts) {
    this.#backend = backend;
    this.#alerts = alerts;
  }

  get id(): string {
    return this.#id;
  }

  /** Opens a document in place of the one that is open. False where it cannot. */
  async open(id: string): Promise<boolean> {
    if (!(await this.close())) return false;
    try {
      const snapshot = await this.#backend.open(id);
      this.#id = id;
      this.#accept(snapshot);
      this.saving = 'saved';
      return true;
    } catch (reason) {
      this.#alerts.fail(reason);
      return false;
    }
  }

  /**
   * Closes the document. False, with the reason shown, where typed text could
   * not be saved and is not to be thrown away.
   */
  async close(throwAway = false): Promise<boolean> {
    if (this.#id === '') return true;
    await this.flush();
    if (this.#drafts.size > 0 && !throwAway) {
      this.#alerts.warn('Some of what you typed is not saved.', 'The document stays open so that nothing is lost.', {
        label: 'Leave without it',
        run: () => void this.close(true),
      });
      return false;
    }
    const id = this.#id;
    this.#id = '';
    this.snapshot = null;
    this.selected = '';
    this.#drafts.clear();
    this.#figures.clear();
    try {
      await this.#backend.close(id);
    } catch (reason) {
      this.#alerts.fail(reason);
    }
    return true;
  }

  // Texts

  /** What a field shows: the typed text while Go has not answered, else the stored one. */
  text(key: string, stored: string | undefined): string {
    return this.#drafts.get(key)?.text ?? stored ?? '';
  }

  typeDocument(field: DocumentField, text: string): void {
    this.#type(`document ${field}`, text, (value) => ({ op: 'set-document', field, text: value }));
  }

  typeSection(section: string, field: 'title' | 'body', text: string): void {
    this.#type(`${section} ${field}`, text, (value) => ({ op: 'set-section', section, field, text: value }));
  }

  typeStep(step: string, field: StepField, text: string): void {
    this.#type(`${step} ${field}`, text, (value) => ({ op: 'set-step', step, field, text: value }));
  }

  typeSentence(step: string, index: number, text: string): void {
    this.#type(`${step} sentence ${index}`, text, (value) => ({ op: 'set-sentence', step, index, text: value }));
  }

  typeCallout(step: string, index: number, text: string): void {
    this.#type(`${step} callout ${index}`, text, (value) => {
      const callouts = (this.#step(step)?.callouts ?? []).map((c, i) => (i === index ? { ...c, text: value } : c));
      return { op: 'set-callouts', step, callouts };
    });
  }

  typeAlt(step: string, figure: Figure, text: string): void {
    this.#type(`${step} alt ${figure.id}`, text, (value) => {
      const now = this.#step(step)?.figures?.find((f) => f.id === figure.id) ?? figure;
      return { op: 'set-figure', step, figure: { ...now, alt: value } };
    });
  }

  /** Sends what was typed and not sent yet. Called when a field is left. */
  async flush(): Promise<void> {
    for (const key of [...this.#drafts.keys()]) this.#send(key);
    await this.#queue;
  }

  // Steps

  insertBelow(step: string, kind: StepKind): Promise<void> {
    const place = this.#place(step);
    return place ? this.insertAt(place.section.id, place.index + 1, kind) : Promise.resolve();
  }

  async insertAt(section: string, index: number, kind: StepKind): Promise<void> {
    const step = blankStep(kind);
    await this.#change({ op: 'insert-step', section, index, step });
    if (!this.#place(step.id)) return;
    this.selected = step.id;
    this.focus = step.id;
  }

  async delete(step: string): Promise<void> {
    const place = this.#place(step);
    if (!place) return;
    const beside = place.section.steps?.[place.index + 1] ?? place.section.steps?.[place.index - 1];
    await this.#change({ op: 'delete-step', step });
    if (this.#place(step)) return;
    this.selected = beside?.id ?? '';
    this.focus = this.selected;
  }

  canMove(step: string, by: -1 | 1): boolean {
    return this.snapshot !== null && neighbour(this.snapshot.document, step, by) !== null;
  }

  async move(step: string, by: -1 | 1): Promise<void> {
    await this.#change(() => this.#moveTo(step, (document) => neighbour(document, step, by)));
    this.selected = step;
  }

  /** Drops a step before the place `before` of a section. */
  async drop(step: string, section: string, before: number): Promise<void> {
    await this.#change(() => this.#moveTo(step, (document) => dropTarget(document, step, section, before)));
    this.selected = step;
  }

  canMerge(step: string): boolean {
    return this.snapshot !== null && nextInSection(this.snapshot.document, step) !== null;
  }

  async merge(step: string): Promise<void> {
    await this.#change(() => {
      const next = this.snapshot && nextInSection(this.snapshot.document, step);
      return next ? { op: 'merge-steps', first: step, second: next.id } : null;
    });
    this.selected = step;
  }

  /** Remembers where the caret stands in a step's text, in UTF-16 units of it. */
  placeCaret(step: string, at: number): void {
    this.#caret = { step, at };
  }

  /** Splits a step's text at the caret, or after its first paragraph. */
  async split(step: string): Promise<void> {
    await this.#change(() => {
      const body = this.#step(step)?.body ?? '';
      const paragraph = body.indexOf('\n\n');
      const at = this.#caret.step === step ? this.#caret.at : paragraph < 0 ? body.length : paragraph;
      // Go counts runes.
      return { op: 'split-step', step, at: Array.from(body.slice(0, at)).length };
    });
  }

  deleteFigure(step: string, figure: string): Promise<void> {
    return this.#change({ op: 'delete-figure', step, figure });
  }

  /** Takes the mark off a step that a rule proposed. */
  reviewed(step: string): Promise<void> {
    return this.#change({ op: 'set-step', step, field: 'review', text: '' });
  }

  setCallouts(step: string, callouts: Callout[]): Promise<void> {
    return this.#change({ op: 'set-callouts', step, callouts });
  }

  /** Leaves a sentence out of the exports, or takes it back in. */
  toggleSentence(step: string, index: number): Promise<void> {
    return this.#change(() => {
      const sentence = this.#step(step)?.spoken?.[index];
      return sentence ? { op: 'set-sentence', step, index, dropped: !sentence.dropped } : null;
    });
  }

  moveSentence(step: string, index: number, to: string): Promise<void> {
    return this.#change({ op: 'move-sentence', step, index, to });
  }

  /** The step before or after, through all sections. */
  beside(step: string, by: -1 | 1): Step | null {
    const steps = this.snapshot ? allSteps(this.snapshot.document) : [];
    return steps[steps.findIndex((other) => other.id === step) + by] ?? null;
  }

  undo(): Promise<void> {
    return this.#turn('undo');
  }

  redo(): Promise<void> {
    return this.#turn('redo');
  }

  /** Tries again what could not be saved. */
  retry(): Promise<void> {
    return this.flush();
  }

  name(step: Step): string {
    return this.snapshot ? nameOf(this.snapshot, step) : 'step';
  }

  /** The address of a figure, which changes only when the figure does. */
  figureURL(figure: Figure): string {
    return this.#backend.figureURL(this.#id, figure.id, this.#figures.get(figure.id)?.revision ?? 0);
  }

  // The way to Go

  #type(key: string, text: string, edit: Draft['edit']): void {
    clearTimeout(this.#drafts.get(key)?.timer);
    const timer = setTimeout(() => this.#send(key), typingPause);
    this.#drafts.set(key, { text, edit, timer });
    if (this.saving !== 'saving') this.saving = 'unsaved';
  }

  #send(key: string): void {
    const draft = this.#drafts.get(key);
    if (!draft) return;
    clearTimeout(draft.timer);
    const now = Date.now();
    const coalesce = this.#lastText.key === key && now - this.#lastText.at < oneThought;
    this.#lastText = { key, at: now };
    this.#enqueue(async () => {
      if (this.#drafts.get(key)?.text !== draft.text) return;
      await this.#applyText(draft, coalesce);
      if (this.#drafts.get(key)?.text === draft.text) this.#drafts.delete(key);
    });
  }

  async #applyText(draft: Draft, coalesce: boolean): Promise<void> {
    try {
      await this.#apply(draft.edit(draft.text), coalesce);
    } catch (reason) {
      if (toFault(reason).code !== 'conflict') throw reason;
      // Typed words are kept: they are set again on what is there now.
      await this.#reload();
      await this.#apply(draft.edit(draft.text), false);
      this.#alerts.tell('This document was changed elsewhere.', 'It was loaded again, and what you typed was kept.');
    }
  }

  /** Sends an edit after everything typed before it. A function is asked when its turn comes. */
  async #change(edit: Edit | (() => Edit | null)): Promise<void> {
    void this.flush();
    this.#lastText = { key: '', at: 0 };
    this.#enqueue(async () => {
      const made = typeof edit === 'function' ? edit() : edit;
      if (made) await this.#apply(made, false);
    });
    await this.#queue;
  }

  async #turn(verb: 'undo' | 'redo'): Promise<void> {
    void this.flush();
    this.#lastText = { key: '', at: 0 };
    this.#enqueue(async () => {
      const before = this.snapshot;
      if (!before || !(verb === 'undo' ? before.canUndo : before.canRedo)) return;
      this.#accept(await this.#backend[verb](this.#id));
      const changed = this.snapshot && changedStep(before.document, this.snapshot.document);
      if (!changed) return;
      this.selected = changed;
      this.show = changed;
    });
    await this.#queue;
  }

  async #apply(edit: Edit, coalesce: boolean): Promise<void> {
    if (!this.snapshot) return;
    this.#accept(await this.#backend.apply(this.#id, this.snapshot.revision, edit, coalesce));
  }

  #enqueue(run: () => Promise<void>): void {
    this.#waiting++;
    this.saving = 'saving';
    this.#queue = this.#queue.then(async () => {
      let failed = false;
      try {
        await run();
      } catch (reason) {
        failed = true;
        await this.#explain(toFault(reason));
      }
      this.#waiting--;
      if (failed) this.saving = 'failed';
      else if (this.#waiting === 0) this.saving = this.#drafts.size > 0 ? 'unsaved' : 'saved';
    });
  }

  async #explain(fault: Fault): Promise<void> {
    if (fault.code !== 'conflict') {
      this.#alerts.fail(fault, this.#drafts.size > 0 ? () => void this.retry() : undefined);
      return;
    }
    try {
      await this.#reload();
      this.#alerts.warn('This document was changed elsewhere.', 'It was loaded again. Your last change was not made: look, and make it once more.');
    } catch (reason) {
      this.#alerts.fail(reason);
    }
  }

  async #reload(): Promise<void> {
    this.#accept(await this.#backend.open(this.#id));
  }

  #accept(snapshot: Snapshot): void {
    if (this.#id !== '' && snapshot.document.id !== this.#id) return;
    const document = share(this.snapshot?.document ?? null, snapshot.document);
    this.#dateFigures(document, snapshot.revision);
    this.snapshot = { ...snapshot, document };
    if (this.selected && !find(document, this.selected)) this.selected = '';
  }

  #dateFigures(document: Snapshot['document'], revision: number): void {
    for (const section of document.sections) {
      for (const step of section.steps ?? []) {
        for (const figure of step.figures ?? []) {
          const text = JSON.stringify({ ...figure, alt: '', caption: '' });
          if (this.#figures.get(figure.id)?.text !== text) this.#figures.set(figure.id, { text, revision });
        }
      }
    }
  }

  #moveTo(step: string, where: (document: Snapshot['document']) => Target | null): Edit | null {
    const target = this.snapshot && where(this.snapshot.document);
    return target ? { op: 'move-step', step, section: target.section, index: target.index } : null;
  }

  #place(step: string) {
    return this.snapshot ? find(this.snapshot.document, step) : null;
  }

  #step(step: string): Step | null {
    return this.#place(step)?.step ?? null;
  }
}
