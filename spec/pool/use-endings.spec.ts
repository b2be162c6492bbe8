import { NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { afterPromises, handLab, instantLab, record } from './pool-lab.js';

describe('a use', () => {
  it('that is left while its project is being subscribed lets go of the project', () => {
    const { pool, transport } = handLab();
    let running = 0;
    const project = new Observable<never>(() => {
      running++;
      use.subscription.unsubscribe();
      return () => running--;
    });
    const use = record(pool.use(() => project));
    const socket = transport.last.accept();
    expect(running).toBe(0);
    expect(socket.closed).toBe(true);
  });

  it('that is left between two values destroys at once', () => {
    const { pool } = instantLab();
    const values = new Subject<number>();
    const use = record(pool.use(() => values));
    values.next(1);
    use.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ destroyed: 1, lent: 0 });
  });

  it('that completes behind the value on which it is left never asks whether to reuse the socket', async () => {
    const { pool } = instantLab();
    const reuse = vi.fn(() => false);
    record(pool.use(() => of(1), { reuse }).pipe(take(1)));
    await afterPromises();
    expect(reuse).not.toHaveBeenCalled();
    expect(pool.stats).toMatchObject({ released: 1, destroyed: 0 });
  });

  it('tells the events of the error of its project, and of none where it was left', () => {
    const { pool } = instantLab();
    const events = record(pool.events$);
    const error = new Error('project');
    record(pool.use(() => throwError(() => error)));
    record(pool.use(() => NEVER)).subscription.unsubscribe();
    const [failed, left] = events.values.filter(({ type }) => type === 'destroyed');
    expect(failed).toMatchObject({ error });
    expect(left).not.toHaveProperty('error');
  });
});
