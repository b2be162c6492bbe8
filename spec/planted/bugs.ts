import type { Bug } from './bug.js';
import { ANGULAR_BUGS } from './bugs/angular.js';
import { BALANCE_BUGS } from './bugs/balance.js';
import { BUDGET_BUGS } from './bugs/budget.js';
import { CLOSE_AND_NEWS_BUGS } from './bugs/close-and-news.js';
import { DISCOVERY_BUGS } from './bugs/discovery.js';
import { EJECTION_BUGS } from './bugs/ejection.js';
import { ENDPOINT_BUGS } from './bugs/endpoint.js';
import { FOUND_BUGS } from './bugs/found.js';
import { GATE_BUGS } from './bugs/gate.js';
import { HOOK_BUGS } from './bugs/hooks.js';
import { LEASE_BUGS } from './bugs/leases.js';
import { LIFETIME_BUGS } from './bugs/lifetimes.js';
import { LIMIT_BUGS } from './bugs/limits.js';
import { NEST_BUGS } from './bugs/nest.js';
import { PROTOCOL_BUGS } from './bugs/protocol.js';
import { QUEUE_BUGS } from './bugs/queue.js';
import { SHARING_BUGS } from './bugs/sharing.js';
import { SLOT_BUGS } from './bugs/slots.js';
import { SOCKET_IO_BUGS } from './bugs/socket-io.js';
import { SURROUNDINGS_BUGS } from './bugs/surroundings.js';
import { TCP_BUGS } from './bugs/tcp.js';
import { WAITING_BUGS } from './bugs/waiting.js';
import { WEBSOCKET_BUGS } from './bugs/websocket.js';

/** Those on real sockets come first, because their specs take longest. */
export const BUGS: readonly Bug[] = [
  ...TCP_BUGS,
  ...WEBSOCKET_BUGS,
  ...ANGULAR_BUGS,
  ...SOCKET_IO_BUGS,
  ...GATE_BUGS,
  ...ENDPOINT_BUGS,
  ...QUEUE_BUGS,
  ...SLOT_BUGS,
  ...WAITING_BUGS,
  ...HOOK_BUGS,
  ...LIFETIME_BUGS,
  ...LEASE_BUGS,
  ...SHARING_BUGS,
  ...BUDGET_BUGS,
  ...BALANCE_BUGS,
  ...DISCOVERY_BUGS,
  ...EJECTION_BUGS,
  ...LIMIT_BUGS,
  ...CLOSE_AND_NEWS_BUGS,
  ...SURROUNDINGS_BUGS,
  ...PROTOCOL_BUGS,
  ...NEST_BUGS,
  ...FOUND_BUGS,
];
