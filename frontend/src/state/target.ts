import type { Preflight, Rect, Target, TargetKind } from '../backend';

export const everything: Target = { kind: 'all', display: 0, window: 0, region: { x: 0, y: 0, w: 0, h: 0 } };

/** 800×600+120+40, as X writes a place. */
export function place({ x, y, w, h }: Rect): string {
  const signed = (n: number) => (n < 0 ? String(n) : `+${n}`);
  return `${w}×${h}${signed(x)}${signed(y)}`;
}

/** What a target is, where it can be recorded now; "" where it cannot. */
function named(target: Target, found: Preflight): string {
  switch (target.kind) {
    case 'all':
      return found.displays.length > 1 ? `all ${found.displays.length} displays` : 'the whole screen';
    case 'display': {
      const display = found.displays.find((d) => d.index === target.display);
      return display ? `the display ${display.name || display.index + 1} (${display.w}×${display.h})` : '';
    }
    case 'window': {
      const chosen = found.windows.find((w) => w.id === target.window);
      return chosen ? `the window “${chosen.title || chosen.program}” with its dialogs, wherever it moves` : '';
    }
    case 'region':
      return target.region.w > 0 && target.region.h > 0 ? `the region ${place(target.region)}` : '';
  }
}

/** Whether a target can be recorded as things are. */
export function usable(target: Target, found: Preflight): boolean {
  return named(target, found) !== '';
}

const choose: Record<TargetKind, string> = {
  all: '',
  display: 'Choose a display.',
  window: 'Choose a window.',
  region: 'Draw the region first.',
};

/** What a recording will take, in a sentence. */
export function captured(target: Target, found: Preflight, microphone: boolean): string {
  const what = named(target, found);
  if (what === '') return choose[target.kind];
  const voice = microphone ? ', and what you say' : '; no sound';
  const clicks = target.kind === 'all' ? 'clicks and keys' : 'clicks and keys in it';
  return `Records pictures of ${what}, ${clicks}, commands in a runreel shell${voice}.`;
}

/** The target of before, as far as it is still there. */
export function recalled(kept: Target, found: Preflight): Target {
  return kept.kind !== 'window' && usable(kept, found) ? kept : everything;
}
