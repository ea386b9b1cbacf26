import type { Events, Job } from '../backend';

/** The work that goes on in the background, by what it is done for. */
export class Jobs {
  #all = $state<Record<string, Job>>({});
  #ends: ((job: Job) => void)[] = [];

  listen(events: Events): () => void {
    return events.onJob((job) => this.take(job));
  }

  /** Calls the listener each time that a job ends. */
  onEnd(listener: (job: Job) => void): void {
    this.#ends.push(listener);
  }

  take(job: Job): void {
    this.#all[job.id] = job;
    if (job.state === 'running') return;
    for (const listener of this.#ends) listener(job);
  }

  /** The newest job that makes the draft of a session. */
  ofSession(session: string): Job | null {
    let found: Job | null = null;
    for (const job of Object.values(this.#all)) {
      if (job.session === session && session !== '' && job.kind !== 'export') found = newer(found, job);
    }
    return found;
  }

  ofDocument(document: string): Job | null {
    return Object.values(this.#all).find((job) => job.document === document && job.kind === 'export' && job.state === 'running') ?? null;
  }
}

function newer(a: Job | null, b: Job): Job {
  if (!a || b.state === 'running' || a.state !== 'running') return b;
  return a;
}
