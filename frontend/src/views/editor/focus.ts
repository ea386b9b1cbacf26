import { tick } from 'svelte';

/**
 * Waits for a change that moves elements about, and gives the keyboard back to
 * the element that lost it by being moved or switched off.
 */
export async function keepFocus(change: Promise<void>): Promise<void> {
  const held = document.activeElement;
  const card = held?.closest<HTMLElement>('[data-card]');
  await change;
  await tick();
  if (!(held instanceof HTMLElement) || document.activeElement !== document.body) return;
  if (held.isConnected && !held.matches(':disabled')) held.focus();
  else if (card?.isConnected) card.querySelector('textarea')?.focus();
}
