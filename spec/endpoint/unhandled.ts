import { config } from 'rxjs';

/** Runs `work`, and returns the errors that RxJS reports as unhandled meanwhile, as soon as there are `count`. */
export async function unhandledDuring(count: number, work: () => void): Promise<unknown[]> {
  const before = config.onUnhandledError;
  const errors: unknown[] = [];
  try {
    await new Promise<void>((resolve) => {
      config.onUnhandledError = (error: unknown) => {
        errors.push(error);
        if (errors.length === count) resolve();
      };
      work();
    });
  } finally {
    config.onUnhandledError = before;
  }
  return errors;
}
