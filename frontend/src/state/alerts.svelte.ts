import { toFault } from '../backend';

export interface Alert {
  id: number;
  kind: 'error' | 'info';
  message: string;
  help: string;
  /** What the alert offers to do, such as trying again. */
  action?: { label: string; run: () => void };
}

const infoLifetime = 8000;

/** What the window has to tell that belongs to no single control. */
export class Alerts {
  list = $state<Alert[]>([]);
  #next = 1;

  /** Shows a failure; one that is already shown is not shown twice. */
  fail(reason: unknown, retry?: () => void): void {
    const fault = toFault(reason);
    if (fault.code === 'cancelled') return;
    const action = retry && { label: 'Try again', run: retry };
    this.#show({ kind: 'error', message: fault.message, help: fault.help, action });
  }

  warn(message: string, help: string, action?: Alert['action']): void {
    this.#show({ kind: 'error', message, help, action });
  }

  /** Shows news that goes away by itself. */
  tell(message: string, help = '', action?: Alert['action']): void {
    const id = this.#show({ kind: 'info', message, help, action });
    setTimeout(() => this.dismiss(id), infoLifetime);
  }

  /** Does what an alert offers, and takes it away. */
  act(id: number): void {
    const action = this.list.find((alert) => alert.id === id)?.action;
    this.dismiss(id);
    action?.run();
  }

  dismiss(id: number): void {
    this.list = this.list.filter((alert) => alert.id !== id);
  }

  #show(alert: Omit<Alert, 'id'>): number {
    const id = this.#next++;
    const others = this.list.filter((other) => other.message !== alert.message || other.help !== alert.help);
    this.list = [...others, { ...alert, id }];
    return id;
  }
}
