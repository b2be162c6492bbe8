import { config } from 'rxjs';

/** An error for each way in which an error that nobody handles would go unheard by the test runner. */
export function deafness(): Error[] {
  const errors: Error[] = [];
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    // The runner's own listener keeps silent as soon as there is another.
    if (process.listenerCount(event) !== 1) errors.push(new Error(`Not only the test runner listens to ${event}`));
  }
  if (config.onUnhandledError !== null) errors.push(new Error('config.onUnhandledError of RxJS is still set'));
  return errors;
}
