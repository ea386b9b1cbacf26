import { tick } from 'svelte';

/** Steps that are drawn whole at once; the others as they come near the view. */
export const drawnAtOnce = 5;

/** Steps that the first frame holds, and those that each frame after it adds. */
const firstFrame = 40;
const eachFrame = 60;

/** How far from the view a step is drawn whole, so that scrolling and Tab find it there. */
const near = '900px 0px';

/**
 * Draws a long document bit by bit: its first steps with the first frame, the
 * others as sketches with the next ones. A sketch is told when it comes near the
 * view, and what is read keeps its place while steps above it take their real
 * height.
 */
export class Drawing {
  /** How many steps of the document are there, be it as sketches. */
  rows = $state(firstFrame);

  #frame = 0;
  #observer: IntersectionObserver | null = null;
  // Plain on purpose: nothing is drawn from it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #waiting = new Map<Element, () => void>();

  /** Calls draw once the sketch comes near the view of the page that it lies in. */
  watch(draw: () => void): (sketch: HTMLElement) => () => void {
    return (sketch) => {
      this.#observer ??= new IntersectionObserver((entries) => void this.#come(entries), {
        root: sketch.closest('[data-page]'),
        rootMargin: near,
      });
      this.#waiting.set(sketch, draw);
      this.#observer.observe(sketch);
      return () => {
        this.#waiting.delete(sketch);
        this.#observer?.unobserve(sketch);
      };
    };
  }

  /** Adds the steps that are not there yet, frame by frame. */
  grow(total: number): void {
    cancelAnimationFrame(this.#frame);
    const more = () => {
      if (this.rows >= total) return;
      this.rows += eachFrame;
      this.#frame = requestAnimationFrame(more);
    };
    this.#frame = requestAnimationFrame(() => (this.#frame = requestAnimationFrame(more)));
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer?.disconnect();
    this.#observer = null;
  }

  async #come(entries: IntersectionObserverEntry[]): Promise<void> {
    const draws = entries.flatMap((entry) => (entry.isIntersecting ? (this.#waiting.get(entry.target) ?? []) : []));
    if (draws.length === 0) return;
    const page = this.#observer?.root;
    const hold = page instanceof HTMLElement ? holdStill(page) : null;
    for (const draw of draws) draw();
    await tick();
    hold?.();
  }
}

/**
 * Remembers where what is read stands, and returns what scrolls it back there:
 * WebKit does not do so by itself. That is the selected step where it can be
 * seen, else the first one that begins in the view.
 */
function holdStill(page: HTMLElement): (() => void) | null {
  const view = page.getBoundingClientRect();
  const seen = (place: Element) => {
    const { top } = place.getBoundingClientRect();
    return top >= view.top && top < view.bottom;
  };
  const places = Array.from(page.querySelectorAll<HTMLElement>('[data-place]'));
  const held = places.find((place) => place.dataset.selected === 'true' && seen(place)) ?? places.find(seen);
  const name = held?.dataset.place;
  if (!held || !name) return null;
  const before = held.getBoundingClientRect().top;
  return () => {
    const now = held.isConnected ? held : page.querySelector(`[data-place="${CSS.escape(name)}"]`);
    if (now) page.scrollTop += now.getBoundingClientRect().top - before;
  };
}
