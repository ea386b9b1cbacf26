/** A failure as people read it: what happened and what to do next. */
export class Fault extends Error {
  readonly code: string;
  readonly help: string;

  constructor(code: string, message: string, help = '') {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.help = help;
  }
}

/**
 * Reads what a call to Go was rejected with. Go sends JSON of code, message and
 * help, which Wails rejects with as a string or as the message of an Error;
 * anything else is kept as the message.
 */
export function toFault(reason: unknown): Fault {
  if (reason instanceof Fault) return reason;
  if (reason instanceof Error) return parseFault(reason.message) ?? new Fault('internal', reason.message, '');
  if (typeof reason !== 'string') return new Fault('internal', 'Something went wrong.', String(reason ?? ''));
  return parseFault(reason) ?? new Fault('internal', reason || 'Something went wrong.', '');
}

function parseFault(text: string): Fault | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { code, message, help } = value as Record<string, unknown>;
  if (typeof message !== 'string' || message === '') return null;
  return new Fault(typeof code === 'string' && code ? code : 'internal', message, typeof help === 'string' ? help : '');
}
