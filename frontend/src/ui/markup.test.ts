import { describe, expect, it } from 'vitest';
import { formatBody, formatInline, parseBody, parseInline, plainInline, type Span } from './markup';

const plain = (text: string): Span => ({ text, style: '' });
const code = (text: string): Span => ({ text, style: 'code' });
const strong = (text: string): Span => ({ text, style: 'strong' });
const emphasis = (text: string): Span => ({ text, style: 'emphasis' });

// The cases of pipeline/sop/inline_test.go: both sides must read the same.
describe('parseInline', () => {
  it.each<[string, Span[]]>([
    ['', []],
    ['plain', [plain('plain')]],
    ['Run `ls -l`', [plain('Run '), code('ls -l')]],
    ['Click **Roll out**', [plain('Click '), strong('Roll out')]],
    ['_now_ or never', [emphasis('now'), plain(' or never')]],
    ['snake_case_name', [plain('snake_case_name')]],
    ['2 ** 3 ** 4', [plain('2 ** 3 ** 4')]],
    ['**open', [plain('**open')]],
    ['`open', [plain('`open')]],
    ['``a`b``', [code('a`b')]],
    ['`` ` ``', [code('`')]],
    ['\\*\\*no\\*\\* \\a \\\\', [plain('**no** \\a \\')]],
    ['**a _b_ c**', [strong('a b c')]],
    ['_a **b** c_', [emphasis('a'), plain(' '), strong('b'), plain(' '), emphasis('c')]],
    ['**a `b` c**', [strong('a'), plain(' '), code('b'), plain(' '), strong('c')]],
    ['****', [plain('****')]],
    ['`**a**`', [code('**a**')]],
    ['`a\nb`', [code('a b')]],
    ['`a\\`', [code('a\\')]],
    ['**日本語**と', [strong('日本語'), plain('と')]],
    ['<b>x</b> [l](u)', [plain('<b>x</b> [l](u)')]],
  ])('%j', (text, spans) => {
    expect(parseInline(text)).toEqual(spans);
    expect(parseInline(formatInline(spans))).toEqual(spans);
  });

  it.each<[Span[], string]>([
    [[strong(' a '), plain('b')], ' **a** b'],
    [[plain('x'), emphasis('y')], 'xy'],
    [[code('a'), code('b')], '`ab`'],
    [[code(''), strong('')], ''],
    [[code(' a ')], '`  a  `'],
    [[plain('- a')], '\\- a'],
  ])('formats %j', (spans, text) => expect(formatInline(spans)).toBe(text));

  it('reads back whatever it wrote', () => {
    const letters = ['a', ' ', '`', '**', '_', '\\', '-', '\n', '🚀', 'é', '*'];
    let seed = 7;
    const next = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: next(12) }, () => letters[next(letters.length)]).join('');
      const spans = parseInline(text);
      expect(parseInline(formatInline(spans)), JSON.stringify(text)).toEqual(spans);
    }
  });

  it('gives the plain text', () => expect(plainInline('Click **Roll _out_** `now`')).toBe('Click Roll out now'));
});

describe('parseBody', () => {
  it('reads paragraphs and lists', () => {
    const body = 'One **two**.\nstill one\n\n- a\n- `b`\n  more\n\nlast\n- c';
    const blocks = parseBody(body);
    expect(blocks.map((block) => [block.list, block.items.length])).toEqual([[false, 1], [true, 2], [false, 1], [true, 1]]);
    expect(parseBody(formatBody(blocks))).toEqual(blocks);
  });

  it('keeps an escaped dash as text', () => expect(parseBody('\\- not a list')[0]?.list).toBe(false));
});
