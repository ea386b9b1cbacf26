const longest = 200;

/** Why a rule cannot be put on the list of what is never recorded, or "". */
export function refusal(rule: string, list: string[]): string {
  const text = rule.replace(/^title:/, '').trim();
  if (text === '') return 'Type the name of a program, or title: and a title.';
  if (/^\*+$/.test(text)) return 'That is every window: nothing at all would be recorded.';
  if (new TextEncoder().encode(rule).length > longest) return `A rule has at most ${longest} bytes.`;
  if (list.length >= 200) return 'There are 200 rules already: remove one first.';
  if (list.some((other) => other.toLowerCase() === rule.toLowerCase())) return 'That is on the list already.';
  return '';
}
