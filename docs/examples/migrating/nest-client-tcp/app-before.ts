import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'MATH', transport: Transport.TCP, options: { host: 'math.internal', port: 3000 } },
    ]),
  ],
})
export class AppModule {}
