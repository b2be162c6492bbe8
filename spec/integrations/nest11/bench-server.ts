// A microservice of Nest in a process of its own, so that the bench measures its clients only.
import 'reflect-metadata';
import { ServerTCP, Transport, type TcpOptions } from '@nestjs/microservices';

const options: TcpOptions['options'] = { host: '127.0.0.1', port: Number(process.argv[2]) };
const server = new ServerTCP(options);
server.setTransportId(Transport.TCP);
server.addHandler('echo', async (data: unknown) => data as never);
server.listen(() => process.send?.('listening'));
process.once('disconnect', () => process.exit());
