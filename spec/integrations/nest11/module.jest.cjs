/* global test, expect */
// Jest requires everything, as most applications on Nest 11 have it.
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ClientsModule } = require('@nestjs/microservices');
const { getPoolToken, definePool, RxpoolModule } = require('rxpool/nest');
const { PooledTcpClient } = require('rxpool/nest/microservices');
const { RxpoolHealthIndicator } = require('rxpool/nest/terminus');
const { tcp } = require('rxpool/tcp');

test('the module, the client and the indicator work under Jest', async () => {
  class AppModule {}
  Module({
    imports: [
      RxpoolModule.forRoot([definePool(tcp('localhost:1'), { name: 'cache' })]),
      ClientsModule.register([{ name: 'MATH', customClass: PooledTcpClient, options: { port: 1 } }]),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  expect(app.get(getPoolToken('cache')).name).toBe('cache');
  expect(app.get('MATH')).toBeInstanceOf(PooledTcpClient);
  expect(typeof RxpoolHealthIndicator).toBe('function');
  await app.close();
});
