require('reflect-metadata');
const common = require('@nestjs/common');
const core = require('@nestjs/core');
const nest = require('rxpool/nest');
const microservices = require('rxpool/nest/microservices');
const terminus = require('rxpool/nest/terminus');
const tcp = require('rxpool/tcp');

import('./boot.mjs').then(({ boot }) => boot({ common, core, nest, microservices, terminus, tcp }));
