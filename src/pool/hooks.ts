import {
  concat,
  defer,
  from,
  ignoreElements,
  isObservable,
  of,
  tap,
  type Observable,
  type ObservableInput,
  type Subscription,
} from 'rxjs';
import type { Answer, Transport, RestoreOptions } from '../endpoint/transport.js';
import type { Connection } from './connection.js';
import { settleAnswer } from './settle-answer.js';
import type { Hook } from './pool-host.js';
import type { Slot } from './slot.js';

export interface HooksConfig<S, D> {
  readonly validate?: ((socket: S, transport: Transport<S, D>) => Answer) | undefined;
  readonly clean?: ((socket: S, transport: Transport<S, D>) => unknown) | undefined;
  /** What arrives while a connection is idle is kept for its next borrower. */
  readonly keepsIdleData: boolean;
}

/** What is done with a socket before and after a loan, by its transport and by the pool's own hooks. A hook that throws has said no. */
export class Hooks<S, D> {
  private readonly options: RestoreOptions;
  private restoring: Slot<Connection<S, D>> | undefined;

  constructor(
    private readonly config: HooksConfig<S, D>,
    private readonly left: (slot: Slot<Connection<S, D>>, listeners: readonly string[]) => void,
  ) {
    // Made once: a restore comes with every release.
    this.options = {
      allowUnread: config.keepsIdleData,
      left: (listeners) => {
        if (this.restoring !== undefined) this.left(this.restoring, listeners);
      },
    };
  }

  /** Whether there is anything to be done after the loans of such a socket. */
  concern(transport: Transport<S, D>): boolean {
    return (this.config.clean ?? transport.restore ?? transport.unref) !== undefined;
  }

  /** Whether there is anything to be done before each of its loans. */
  looksAt(transport: Transport<S, D>): boolean {
    return (transport.usable ?? transport.ref) !== undefined;
  }

  /** The connection is about to be lent: may it be? */
  look(connection: Connection<S, D>): boolean {
    return this.ref(connection) && this.usable(connection);
  }

  /** It keeps the process alive from now on. */
  ref({ transport, socket }: Connection<S, D>): boolean {
    try {
      transport.ref?.(socket);
      return true;
    } catch {
      return false;
    }
  }

  usable({ transport, socket }: Connection<S, D>): boolean {
    if (transport.usable === undefined) return true;
    try {
      return (transport.usable(socket, this.options) as unknown) === true;
    } catch {
      return false;
    }
  }

  rest({ transport, socket, isHeld }: Connection<S, D>): void {
    if (isHeld) return;
    try {
      transport.unref?.(socket);
    } catch {
      // It keeps the process alive, and is as good as before.
    }
  }

  validates({ transport }: Connection<S, D>): boolean {
    return (this.config.validate ?? transport.validate) !== undefined;
  }

  /** Whether the connection is good, now or else later, as long as that is subscribed to. */
  check(hook: Hook, connection: Connection<S, D>, later: (ok: boolean) => void): boolean | Subscription {
    try {
      const answer = hook === 'restore' ? this.giveBack(connection) : this.validate(connection);
      return typeof answer === 'boolean' ? answer : settleAnswer(answer, later);
    } catch {
      return false;
    }
  }

  private validate({ transport, socket }: Connection<S, D>): Answer {
    const { validate } = this.config;
    if (validate !== undefined) return validate(socket, transport);
    return transport.validate === undefined || transport.validate(socket);
  }

  private giveBack(connection: Connection<S, D>): Answer {
    const restored = this.restore(connection);
    const { clean } = this.config;
    if (clean === undefined || restored === false) return restored;
    // What the borrower left must be gone before the hook speaks to the peer, and what the hook left before the next borrower does.
    const cleaned = (): Answer => {
      const answer = clean(connection.socket, connection.transport);
      if (isInput(answer)) return inTurn(answer, () => this.restore(connection));
      return answer !== false && this.restore(connection);
    };
    // Without Observables where every answer comes at once: they would cost many times the loan.
    return restored === true ? cleaned() : inTurn(restored, cleaned);
  }

  private restore({ transport, socket, slot }: Connection<S, D>): Answer {
    if (transport.restore === undefined) return true;
    this.restoring = slot;
    const answer = transport.restore(socket, this.options);
    this.restoring = undefined;
    return answer;
  }
}

function truth(answer: Answer): Observable<boolean> {
  return typeof answer === 'boolean' ? of(answer) : from(answer);
}

/** The answer of the second, once the first has been waited for to its end and has not said no. */
function inTurn(first: ObservableInput<unknown>, second: () => Answer): Observable<boolean> {
  return concat(
    from(first).pipe(tap(refuseFalse), ignoreElements()),
    defer(() => truth(second())),
  );
}

function refuseFalse(answer: unknown): void {
  if (answer === false) throw new Error('the hook said no');
}

function isInput(answer: unknown): answer is ObservableInput<unknown> {
  if (isObservable(answer)) return true;
  return typeof answer === 'object' && answer !== null && ('then' in answer || Symbol.observable in answer);
}
