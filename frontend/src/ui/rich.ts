import { Editor, type JSONContent } from '@tiptap/core';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, ListKeymap } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Text } from '@tiptap/extension-text';
import { formatBody, parseBody, type Block, type Span, type Style } from './markup';

const markOf: Record<Exclude<Style, ''>, string> = { code: 'code', strong: 'bold', emphasis: 'italic' };
const styleOf: Record<string, Style> = { code: 'code', bold: 'strong', italic: 'emphasis' };

// The markup holds one style at a time: setting one takes the others away.
const marks = [Bold.extend({ excludes: '_' }), Italic.extend({ excludes: '_' }), Code];

/** A body as the text editor holds it. */
export function toRich(body: string): JSONContent {
  const content = parseBody(body).flatMap((block) =>
    block.list ? [{ type: 'bulletList', content: block.items.map(listItem) }] : block.items.map(paragraph),
  );
  return { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] };
}

/** The body that the text editor holds. */
export function fromRich(doc: JSONContent): string {
  return formatBody((doc.content ?? []).flatMap(blockOf));
}

function listItem(spans: Span[]): JSONContent {
  return { type: 'listItem', content: [paragraph(spans)] };
}

function paragraph(spans: Span[]): JSONContent {
  const content = spans.flatMap((span) => {
    const marks = span.style === '' ? undefined : [{ type: markOf[span.style] }];
    return span.text
      .split('\n')
      .flatMap((text, i): JSONContent[] => [
        ...(i > 0 ? [{ type: 'hardBreak' }] : []),
        ...(text === '' ? [] : [{ type: 'text', text, marks }]),
      ]);
  });
  return { type: 'paragraph', content };
}

function blockOf(node: JSONContent): Block[] {
  if (node.type === 'bulletList') return [{ list: true, items: (node.content ?? []).flatMap(itemsOf) }];
  return [{ list: false, items: [spansOf(node)] }];
}

// The body knows one level of list: deeper items follow as items of their own.
function itemsOf(node: JSONContent): Span[][] {
  return (node.content ?? []).flatMap((child) =>
    child.type === 'bulletList' ? (child.content ?? []).flatMap(itemsOf) : [spansOf(child)],
  );
}

function spansOf(node: JSONContent): Span[] {
  return (node.content ?? []).map((child) => ({
    text: child.type === 'hardBreak' ? '\n' : (child.text ?? ''),
    style: styleOf[child.marks?.[0]?.type ?? ''] ?? '',
  }));
}

/** Draws a body into an element, as text nodes: nothing in it is read as HTML. */
export function drawBody(into: HTMLElement, body: string): void {
  const blocks = parseBody(body).map((block) => {
    if (!block.list) return withSpans('p', block.items[0] ?? []);
    const list = document.createElement('ul');
    list.append(
      ...block.items.map((spans) => {
        const item = document.createElement('li');
        item.append(withSpans('p', spans));
        return item;
      }),
    );
    return list;
  });
  if (blocks.length === 0) blocks.push(withSpans('p', []));
  into.replaceChildren(...blocks);
}

const tagOf: Record<Exclude<Style, ''>, string> = { code: 'code', strong: 'strong', emphasis: 'em' };

function withSpans(tag: string, spans: Span[]): HTMLElement {
  const element = document.createElement(tag);
  for (const span of spans) {
    const part = span.style === '' ? document.createTextNode('') : document.createElement(tagOf[span.style]);
    part.textContent = span.text;
    element.append(part);
  }
  return element;
}

/** Makes an element editable in place. The element stays the same one throughout. */
export function editIn(element: HTMLElement, body: string, changed: (body: string) => void): Editor {
  return new Editor({
    element: { mount: element },
    content: toRich(body),
    // Undo belongs to the document, not to a field, so there is no history here.
    extensions: [Document, Paragraph, Text, HardBreak, BulletList, ListItem, ListKeymap, ...marks],
    editorProps: {
      attributes: Object.fromEntries(Array.from(element.attributes, (a) => [a.name, a.value]).filter(([name]) => name !== 'class')),
    },
    onUpdate: ({ editor }) => changed(fromRich(editor.getJSON())),
  });
}

/** Ends the editing of an element, which keeps its role and name: destroying takes them away. */
export function release(editor: Editor, element: HTMLElement): void {
  const kept = Array.from(element.attributes, ({ name, value }) => ({ name, value }));
  editor.destroy();
  for (const { name, value } of kept) {
    if (name !== 'class' && name !== 'translate') element.setAttribute(name, value);
  }
  element.classList.remove('tiptap');
}

/** Where the caret stands in the body's text, in UTF-16 units of its markup. */
export function caretIn(editor: Editor): number {
  const { state } = editor;
  const before = state.doc.cut(0, state.selection.from).toJSON() as JSONContent;
  return fromRich(before).length;
}
