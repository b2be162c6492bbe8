import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { PooledTcpClient } from 'rxpool/nest/microservices';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'MATH', customClass: PooledTcpClient, options: { host: 'math.internal', port: 3000 } },
    ]),
  ],
})
export class AppModule {}
