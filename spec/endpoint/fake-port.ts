import { Duplex } from 'node:stream';

/** As much of a `SerialPort` as a transport needs. Nothing happens on it but what a test makes happen. */
export class FakePort extends Duplex {
  isOpen = false;
  readonly written: string[] = [];
  private opened: ((error: Error | null) => void) | undefined;
  private isClosing: ((error: Error | null) => void) | undefined;
  private isDraining: ((error: Error | null) => void) | undefined;

  override _read(): void {
    // What comes is pushed.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString());
    done();
  }

  open(opened: (error: Error | null) => void): void {
    this.opened = opened;
  }

  drain(drained: (error: Error | null) => void): void {
    this.isDraining = drained;
  }

  close(closed: (error: Error | null) => void): void {
    if (this.isOpen) this.isClosing = closed;
    else process.nextTick(closed, new Error('Port is not open'));
    this.isOpen = false;
  }

  /** What it has been asked for, and has not done yet. */
  get asked(): 'drain' | 'close' | undefined {
    if (this.isClosing !== undefined) return 'close';
    return this.isDraining === undefined ? undefined : 'drain';
  }

  /** The system has opened it, or has refused to. */
  answer(error: Error | null = null): void {
    this.isOpen = error === null;
    this.opened?.(error);
  }

  /** The device has sent something. */
  receive(text: string): void {
    this.push(Buffer.from(text));
  }

  /** All that was written has gone out. */
  drained(): void {
    this.isDraining?.(null);
    this.isDraining = undefined;
  }

  /** It has closed, because it was asked to or, with an error, by itself. */
  shut(error: Error | null = null): void {
    this.isOpen = false;
    this.emit('close', error);
    this.isClosing?.(error);
    this.isClosing = undefined;
  }
}
