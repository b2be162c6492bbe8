import type { IncomingResponse, ProducerDeserializer, ProducerSerializer, ReadPacket } from '@nestjs/microservices';
import { concatMap, from, map, of, type OperatorFunction } from 'rxjs';
import type { Protocol } from '../../protocol/index.js';
import { encodeNestFrame } from './encode-nest-frame.js';
import { nestFrames, type NestFramesConfig } from './nest-frames.js';

/** How Nest's packets are read and written. */
export interface NestProtocolConfig extends NestFramesConfig {
  readonly serializer: ProducerSerializer;
  readonly deserializer: ProducerDeserializer;
  /** Whether the deserializer may return promises. */
  readonly isAsync: boolean;
}

/**
 * The protocol of Nest's `ServerTCP`, by ids.
 *
 * @internal
 */
export function nestProtocol(config: NestProtocolConfig): Protocol<ReadPacket, IncomingResponse> {
  const objects = nestFrames(config);
  const packets = deserialize(config);
  return {
    frames: (bytes$) => bytes$.pipe(objects, packets),
    // Nest's own ids are text, and a server sends back what it got.
    encode: (packet, id) => encodeNestFrame(config.serializer.serialize({ ...packet, id: String(id) })),
    idOf: ({ id }: Partial<IncomingResponse>) => {
      if (typeof id !== 'string') return undefined;
      const number = Number(id);
      return String(number) === id ? number : undefined;
    },
    isLast: ({ err, isDisposed }) => Boolean(isDisposed) || Boolean(err),
  };
}

function deserialize({ deserializer, isAsync }: NestProtocolConfig): OperatorFunction<object, IncomingResponse> {
  if (!isAsync) return map((object) => deserializer.deserialize(object) as IncomingResponse);
  return concatMap((object) => {
    const packet = deserializer.deserialize(object);
    return packet instanceof Promise ? from(packet) : of(packet);
  });
}
