import 'reflect-metadata';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload, Transport, type TcpOptions } from '@nestjs/microservices';
import { of, Subject, throwError, type Observable } from 'rxjs';

/** A microservice of Nest as anybody has it, that can be killed and revived. */
export class MathServer {
  /** What came in as events. */
  readonly events$ = new Subject<unknown>();
  /** Requests that came in. */
  count = 0;
  /** Requests that wait for `answerAll`. */
  readonly held: (() => void)[] = [];
  private app: INestMicroservice | undefined;

  constructor(
    readonly name: string,
    readonly options: NonNullable<TcpOptions['options']>,
  ) {}

  get address(): string {
    return `127.0.0.1:${String(this.options.port)}`;
  }

  async start(): Promise<this> {
    const { name, events$, held } = this;
    const counted = (): void => {
      this.count++;
    };

    @Controller()
    class MathController {
      @MessagePattern('sum')
      sum(@Payload() numbers: number[]): number {
        counted();
        return numbers.reduce((a, b) => a + b, 0);
      }

      @MessagePattern({ cmd: 'who' })
      who(): string {
        counted();
        return name;
      }

      @MessagePattern('echo')
      async echo(@Payload() data: unknown): Promise<unknown> {
        return data;
      }

      @MessagePattern('stream')
      stream(@Payload() data: unknown[]): Observable<unknown> {
        return of(...data);
      }

      @MessagePattern('nothing')
      nothing(): Observable<never> {
        return of();
      }

      @MessagePattern('fail')
      fail(): Observable<never> {
        return throwError(() => new Error('not today'));
      }

      /** Answers when it is told to. */
      @MessagePattern('hold')
      hold(): Promise<string> {
        return new Promise((resolve) => held.push(() => resolve(name)));
      }

      @EventPattern('happened')
      happened(@Payload() data: unknown): void {
        events$.next(data);
      }
    }

    @Module({ controllers: [MathController] })
    class MathModule {}

    const options: TcpOptions = { transport: Transport.TCP, options: this.options };
    this.app = await NestFactory.createMicroservice(MathModule, { ...options, logger: false });
    await this.app.listen();
    return this;
  }

  answerAll(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  /** Ends every connection at once, as the death of the process would. */
  async kill(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }
}
