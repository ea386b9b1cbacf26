import { expect, it } from 'vitest';
import { formatBody, parseBody } from './markup';
import { drawBody, fromRich, toRich } from './rich';

it.each([
  '',
  'One paragraph.',
  'Run `ls`, click **Save** and _wait_.',
  'First.\n\nSecond line\nwith a break.',
  '- one\n- **two**\n- `three`',
  'Before\n\n- a\n- b\n\nAfter',
  '\\*literal\\* stars',
])('keeps %j through the text editor', (body) => {
  expect(fromRich(toRich(body))).toBe(formatBody(parseBody(body)));
});

it('flattens lists in lists', () => {
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const inner = { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('b')] }] };
  const doc = { type: 'doc', content: [{ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('a'), inner] }] }] };
  expect(fromRich(doc)).toBe('- a\n- b');
});

it('draws hostile text as text', () => {
  const element = document.createElement('div');
  drawBody(element, '<img src=x onerror=alert(1)> **<script>bold</script>**');
  expect(element.querySelector('img, script')).toBeNull();
  expect(element.querySelector('strong')?.textContent).toBe('<script>bold</script>');
});
