import type { Document, Edit, Step } from '../src/backend';

/** Makes an edit as pipeline/sop does, on a copy. Ill edits throw. */
export function applyEdit(document: Document, edit: Edit): Document {
  const next = structuredClone(document);
  const lists = next.sections.map((section) => section.steps ?? []);
  const at = (id: string): [Step[], number] => {
    for (const list of lists) {
      const index = list.findIndex((step) => step.id === id);
      if (index >= 0) return [list, index];
    }
    throw new Error(`no step ${id}`);
  };
  const get = (id: string): Step => {
    const [list, index] = at(id);
    return list[index] as Step;
  };
  const section = (id: string) => {
    const found = next.sections.find((s) => s.id === id);
    if (!found) throw new Error(`no section ${id}`);
    return found;
  };
  switch (edit.op) {
    case 'set-document':
      Object.assign(next, { [edit.field]: edit.text });
      break;
    case 'set-section':
      section(edit.section)[edit.field] = edit.text;
      break;
    case 'set-step':
      setStep(get(edit.step), edit.field, edit.text);
      break;
    case 'insert-step':
      (section(edit.section).steps ??= []).splice(edit.index, 0, structuredClone(edit.step));
      break;
    case 'delete-step': {
      const [list, index] = at(edit.step);
      list.splice(index, 1);
      break;
    }
    case 'move-step': {
      const [list, index] = at(edit.step);
      const moved = list.splice(index, 1);
      (section(edit.section).steps ??= []).splice(edit.index, 0, ...moved);
      break;
    }
    case 'merge-steps': {
      const first = get(edit.first);
      const [list, index] = at(edit.second);
      const second = list.splice(index, 1)[0] as Step;
      first.body = [first.body, second.title, second.body].filter(Boolean).join('\n\n');
      first.command ??= second.command;
      first.figures = [...(first.figures ?? []), ...(second.figures ?? [])];
      first.spoken = [...(first.spoken ?? []), ...(second.spoken ?? [])];
      break;
    }
    case 'split-step': {
      const [list, index] = at(edit.step);
      const step = list[index] as Step;
      const runes = Array.from(step.body ?? '');
      step.body = runes.slice(0, edit.at).join('').trim();
      const title = runes.slice(edit.at).join('').trim() || 'New step';
      list.splice(index + 1, 0, { id: `${step.id}-split`, kind: 'note', title });
      break;
    }
    case 'set-figure': {
      const step = get(edit.step);
      step.figures = step.figures?.map((figure) => (figure.id === edit.figure.id ? edit.figure : figure));
      break;
    }
    case 'delete-figure': {
      const step = get(edit.step);
      step.figures = step.figures?.filter((figure) => figure.id !== edit.figure);
      break;
    }
    case 'set-callouts':
      get(edit.step).callouts = edit.callouts;
      break;
    case 'set-sentence': {
      const sentence = get(edit.step).spoken?.[edit.index];
      if (!sentence) throw new Error('no sentence');
      sentence.text = edit.text ?? sentence.text;
      sentence.dropped = edit.dropped ?? sentence.dropped;
      break;
    }
    case 'move-sentence': {
      const moved = get(edit.step).spoken?.splice(edit.index, 1) ?? [];
      (get(edit.to).spoken ??= []).push(...moved);
      break;
    }
  }
  return next;
}

function setStep(step: Step, field: string, text: string): void {
  if (field === 'line' || field === 'folder' || field === 'output') (step.command ??= { line: '' })[field] = text;
  else Object.assign(step, { [field]: text });
}

export function numbersOf(document: Document): Record<string, number> {
  const numbers: Record<string, number> = {};
  let n = 0;
  for (const section of document.sections) {
    for (const step of section.steps ?? []) if (step.kind !== 'heading') numbers[step.id] = ++n;
  }
  return numbers;
}
