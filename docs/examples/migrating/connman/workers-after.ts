import type { Socket } from 'node:net';
import type { Subscription } from 'rxjs';
import { endpoint, toHandler, type ConnectionHandler } from 'rxpool';
import { tcp } from 'rxpool/tcp';

class Worker implements ConnectionHandler<Socket, Buffer> {
  private socket: Socket | undefined;

  constructor(private readonly tell: (what: string) => void) {}

  ask(question: string): void {
    this.socket?.write(question);
  }

  onConnect(socket: Socket): void {
    this.socket = socket;
    this.tell('here');
  }

  onReset(): void {
    this.socket = undefined;
    this.tell('gone');
  }

  onReconnect(socket: Socket): void {
    this.socket = socket; // each connection has a socket of its own
    this.tell('back');
  }

  onData(data: Buffer): void {
    this.tell(data.toString());
  }
}

const workers: Worker[] = [];
const connections: Subscription[] = [];

/** One connection to each port, each with a handler of its own. */
export function openWorkers(ports: readonly number[], tell: (worker: number, what: string) => void): void {
  ports.forEach((port, index) => {
    const worker = new Worker((what) => tell(index, what));
    workers[index] = worker;
    connections[index] = endpoint(tcp({ host: '127.0.0.1', port })).subscribe(toHandler(worker));
  });
}

/** By the handler of one connection. */
export function ask(index: number, question: string): void {
  workers[index]?.ask(question);
}

/** By the handlers of all. */
export function askAll(question: string): void {
  for (const worker of workers) worker.ask(question);
}

export function closeWorker(index: number): void {
  connections[index]?.unsubscribe();
}

export function closeWorkers(): void {
  for (const connection of connections) connection.unsubscribe();
}
