import type { WriteStream } from 'node:tty';
import type { Size } from './frame.js';

const ENTER = '\x1b[?1049h\x1b[?25l'; // the alternate screen, so that what was there comes back; no cursor
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** A terminal to draw on, and to leave as it was. */
export class Terminal {
  private isOpen = false;
  private readonly leave = (): void => this.close();

  constructor(private readonly out: WriteStream) {}

  get size(): Size {
    const { columns, rows } = this.out;
    // One column stays free: what a terminal does after its last one differs. A size of 0 means that nobody knows.
    return { columns: (columns || 80) - 1, rows: rows || 24, color: this.out.hasColors() };
  }

  /** Over what is there, in a single write and without clearing first: nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.isOpen) {
      this.isOpen = true;
      // However the process ends, short of SIGKILL.
      process.once('exit', this.leave);
      this.out.write(ENTER);
    }
    this.out.write(HOME + lines.map((line) => line + CLEAR_LINE).join('\r\n') + CLEAR_BELOW);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.leave);
    this.out.write(LEAVE);
  }
}
