// The inline markup of documents, read and written exactly as
// pipeline/sop/inline.go and body.go do: `code`, **strong**, _emphasis_ and \x.

export type Style = '' | 'code' | 'strong' | 'emphasis';

export interface Span {
  text: string;
  style: Style;
}

/** A paragraph, which has one item, or a list. */
export interface Block {
  list: boolean;
  items: Span[][];
}

interface Token {
  kind: 'text' | 'code' | 'strong' | 'emphasis';
  text: string;
  canOpen: boolean;
  canClose: boolean;
  role: 'literal' | 'opens' | 'closes';
}

/** Reads inline markup. Every text is valid: a mark without a partner is text. */
export function parseInline(text: string): Span[] {
  const tokens = scan(text);
  match(tokens);
  const depth = { strong: 0, emphasis: 0 };
  const spans: Span[] = [];
  for (const token of tokens) {
    if (token.role !== 'literal') {
      depth[token.kind as 'strong' | 'emphasis'] += token.role === 'opens' ? 1 : -1;
      continue;
    }
    let style: Style = '';
    if (token.kind === 'code') style = 'code';
    else if (depth.strong > 0) style = 'strong';
    else if (depth.emphasis > 0) style = 'emphasis';
    spans.push({ text: token.text, style });
  }
  return normal(spans);
}

/** Writes spans so that parseInline reads the same spans back. */
export function formatInline(spans: Span[]): string {
  const whole = normal(spans);
  return whole
    .map((span, i) => {
      if (span.style === 'code') return formatCode(span.text);
      if (span.style === 'strong') return `**${escape(span.text, false)}**`;
      if (span.style === 'emphasis') return touchesWord(whole, i) ? escape(span.text, false) : `_${escape(span.text, false)}_`;
      return escape(span.text, i === 0);
    })
    .join('');
}

export function plainInline(text: string): string {
  return parseInline(text)
    .map((span) => span.text)
    .join('');
}

/** Reads paragraphs, parted by empty lines, and lists, whose lines begin with "- ". */
export function parseBody(text: string): Block[] {
  const blocks: Block[] = [];
  let item: string[] = [];
  let list = false;
  const flush = () => {
    const spans = parseInline(item.join('\n'));
    item = [];
    if (spans.length === 0) return;
    const last = blocks.at(-1);
    if (list && last?.list) last.items.push(spans);
    else blocks.push({ list, items: [spans] });
  };
  for (const raw of text.split('\n')) {
    let line = raw.trim();
    if (line === '') {
      flush();
      list = false;
      continue;
    }
    if (line.startsWith('- ')) {
      flush();
      list = true;
      line = line.slice(2).trim();
    }
    item.push(line);
  }
  flush();
  return blocks;
}

export function formatBody(blocks: Block[]): string {
  let out = '';
  for (const block of blocks) {
    block.items.forEach((spans, i) => {
      const text = onLines(formatInline(spans));
      if (text === '') return;
      if (out !== '') out += block.list && i > 0 ? '\n' : '\n\n';
      out += block.list ? `- ${text}` : text;
    });
  }
  return out;
}

function onLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

const punctuation = /[!-/:-@[-`{-~]/;
const word = /[\p{L}\p{Nd}]/u;
const space = /\s/u;

function scan(s: string): Token[] {
  const tokens: Token[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') tokens.push({ kind: 'text', text, canOpen: false, canClose: false, role: 'literal' });
    text = '';
  };
  const runs = backtickRuns(s);
  for (let i = 0; i < s.length; ) {
    const c = s.charAt(i);
    if (c === '\\' && punctuation.test(s.charAt(i + 1))) {
      text += s.charAt(i + 1);
      i += 2;
    } else if (c === '`') {
      const n = runLength(s, i);
      const end = runs.get(n)?.find((at) => at >= i + n) ?? -1;
      if (end < 0) {
        text += s.slice(i, i + n);
        i += n;
        continue;
      }
      flush();
      tokens.push({ kind: 'code', text: codeText(s.slice(i + n, end)), canOpen: false, canClose: false, role: 'literal' });
      i = end + n;
    } else if (s.startsWith('**', i)) {
      flush();
      tokens.push(delimiter(s, i, 2));
      i += 2;
    } else if (c === '_') {
      flush();
      tokens.push(delimiter(s, i, 1));
      i++;
    } else {
      text += c;
      i++;
    }
  }
  flush();
  return tokens;
}

function delimiter(s: string, i: number, n: 1 | 2): Token {
  const before = runeBefore(s, i);
  const after = runeAfter(s, i + n);
  let canOpen = after !== '' && !space.test(after);
  let canClose = before !== '' && !space.test(before);
  if (n === 1) {
    canOpen &&= !word.test(before);
    canClose &&= !word.test(after);
  }
  return { kind: n === 1 ? 'emphasis' : 'strong', text: s.slice(i, i + n), canOpen, canClose, role: 'literal' };
}

// Pairs delimiters: what stands between a pair is never empty, and pairs nest.
function match(tokens: Token[]): void {
  let stack: number[] = [];
  const open = { strong: 0, emphasis: 0 };
  tokens.forEach((token, i) => {
    if (token.kind !== 'strong' && token.kind !== 'emphasis') return;
    if (token.canClose && open[token.kind] > 0) {
      let top = stack.length - 1;
      while (tokens[stack[top] as number]?.kind !== token.kind) top--;
      const from = stack[top] as number;
      if (from + 1 < i) {
        for (const j of stack.slice(top)) open[tokens[j]?.kind as 'strong' | 'emphasis']--;
        (tokens[from] as Token).role = 'opens';
        token.role = 'closes';
        stack = stack.slice(0, top);
        return;
      }
    }
    if (token.canOpen) {
      stack.push(i);
      open[token.kind]++;
    }
  });
}

function backtickRuns(s: string): Map<number, number[]> {
  const runs = new Map<number, number[]>();
  for (const found of s.matchAll(/`+/g)) {
    const n = found[0].length;
    runs.set(n, [...(runs.get(n) ?? []), found.index]);
  }
  return runs;
}

function runLength(s: string, from: number): number {
  let n = 0;
  while (s.charAt(from + n) === '`') n++;
  return n;
}

const lineBreak = /\r\n|\n|\r/g;

function codeText(raw: string): string {
  const s = raw.replace(lineBreak, ' ');
  return s.length > 2 && s.startsWith(' ') && s.endsWith(' ') && !isBlank(s) ? s.slice(1, -1) : s;
}

function formatCode(raw: string): string {
  let s = raw.replace(lineBreak, ' ');
  const longest = Math.max(0, ...Array.from(s.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pads = s.startsWith('`') || s.endsWith('`') || (s.startsWith(' ') && s.endsWith(' ') && !isBlank(s));
  if (pads) s = ` ${s} `;
  return fence + s + fence;
}

function isBlank(s: string): boolean {
  return /^ *$/.test(s);
}

function escape(s: string, lineStart: boolean): string {
  let out = '';
  for (let i = 0; i < s.length; i++) {
    const c = s.charAt(i);
    const atStart = i === 0 ? lineStart : s.charAt(i - 1) === '\n';
    const insideWord = word.test(runeBefore(s, i)) && word.test(runeAfter(s, i + 1));
    if (c === '\\' || c === '`' || c === '*' || (c === '_' && !insideWord) || (c === '-' && atStart)) out += '\\';
    out += c;
  }
  return out;
}

function touchesWord(spans: Span[], i: number): boolean {
  const before = spans[i - 1];
  const after = spans[i + 1];
  if (before?.style === '' && word.test(runeBefore(before.text, before.text.length))) return true;
  return after?.style === '' && word.test(runeAfter(after.text, 0));
}

// Joins neighbours of one style, moves white space out of styled spans and
// drops empty ones.
function normal(spans: Span[]): Span[] {
  return join(
    join(spans).flatMap(({ text, style }): Span[] => {
      if (style !== 'strong' && style !== 'emphasis') return [{ text, style }];
      const body = text.trimStart();
      const trimmed = body.trimEnd();
      return [
        { text: text.slice(0, text.length - body.length), style: '' },
        { text: trimmed, style },
        { text: body.slice(trimmed.length), style: '' },
      ];
    }),
  );
}

function join(spans: Span[]): Span[] {
  const out: Span[] = [];
  for (const { text, style } of spans) {
    if (text === '') continue;
    const last = out.at(-1);
    if (last?.style === style) last.text += text;
    else out.push({ text, style });
  }
  return out;
}

function runeBefore(s: string, i: number): string {
  const low = s.charCodeAt(i - 1);
  return low >= 0xdc00 && low <= 0xdfff ? s.slice(Math.max(0, i - 2), i) : s.slice(Math.max(0, i - 1), i);
}

function runeAfter(s: string, i: number): string {
  const rune = s.codePointAt(i);
  return rune === undefined ? '' : String.fromCodePoint(rune);
}
