import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as nest from 'rxpool/nest';
import * as microservices from 'rxpool/nest/microservices';
import * as terminus from 'rxpool/nest/terminus';
import * as tcp from 'rxpool/tcp';
import { boot } from './boot.mjs';

await boot({ common, core, nest, microservices, terminus, tcp });
