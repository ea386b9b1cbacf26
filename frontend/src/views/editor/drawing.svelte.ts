const first = 14;
const batch = 6;

/**
 * How many steps of a long document are drawn whole. The first ones are there
 * at once; the rest follow a few at a time, so that the page opens quickly and
 * answers meanwhile. Until then a step is drawn as its title.
 */
export class Drawing {
  #whole = $state(first);
  #timer: ReturnType<typeof setTimeout> | undefined;

  has(index: number): boolean {
    return index < this.#whole;
  }

  begin(total: number): () => void {
    const more = () => {
      this.#whole += batch;
      if (this.#whole < total) this.#timer = setTimeout(more);
    };
    this.#whole = Math.max(first, Math.min(this.#whole, total));
    if (this.#whole < total) this.#timer = setTimeout(more, 60);
    return () => clearTimeout(this.#timer);
  }
}
