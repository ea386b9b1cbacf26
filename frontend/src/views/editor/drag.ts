/** Where a dragged step would land: before the step at an index of a section. */
export interface Drop {
  section: string;
  before: number;
}

interface Listener {
  began(step: string): void;
  over(target: Drop | null): void;
  dropped(step: string, target: Drop): void;
  ended(): void;
}

const threshold = 4;
const edge = 36;

/**
 * Lets rows (data-step, data-index, inside data-section) be dragged by the
 * pointer: by their grip at once, elsewhere once the pointer has moved.
 */
export function dragRows(listener: Listener): (root: HTMLElement) => () => void {
  return (root) => {
    let step = '';
    let from = 0;
    let running = false;
    let target: Drop | null = null;

    const down = (event: PointerEvent) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-step]') : null;
      if (event.button !== 0 || !row) return;
      step = row.dataset.step ?? '';
      from = event.clientY;
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', up);
      window.addEventListener('pointercancel', stop);
      window.addEventListener('keydown', escape, true);
    };

    const move = (event: PointerEvent) => {
      if (!running) {
        if (Math.abs(event.clientY - from) < threshold) return;
        running = true;
        document.body.style.cursor = 'grabbing';
        listener.began(step);
      }
      event.preventDefault();
      scroll(root, event.clientY);
      target = rowAt(root, event.clientY);
      listener.over(target);
    };

    const up = () => {
      if (running) {
        if (target) listener.dropped(step, target);
        // The click that ends a drag chooses nothing.
        window.addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => window.removeEventListener('click', swallow, true), 0);
      }
      stop();
    };

    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') stop();
    };

    const stop = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', stop);
      window.removeEventListener('keydown', escape, true);
      document.body.style.cursor = '';
      if (running) listener.ended();
      running = false;
      target = null;
    };

    root.addEventListener('pointerdown', down);
    return () => {
      stop();
      root.removeEventListener('pointerdown', down);
    };
  };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

function scroll(root: HTMLElement, y: number): void {
  const { top, bottom } = root.getBoundingClientRect();
  if (y < top + edge) root.scrollTop -= 8;
  else if (y > bottom - edge) root.scrollTop += 8;
}

function rowAt(root: HTMLElement, y: number): Drop | null {
  let best: Drop | null = null;
  for (const section of root.querySelectorAll<HTMLElement>('[data-section]')) {
    const id = section.dataset.section ?? '';
    if (y < section.getBoundingClientRect().top && best) break;
    best = { section: id, before: 0 };
    for (const row of section.querySelectorAll<HTMLElement>('[data-step]')) {
      const box = row.getBoundingClientRect();
      const index = Number(row.dataset.index);
      if (y < box.top + box.height / 2) return { section: id, before: index };
      best = { section: id, before: index + 1 };
    }
  }
  return best;
}
