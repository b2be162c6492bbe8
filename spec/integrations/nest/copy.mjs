// The same specs for each version of Nest: where they lie decides which one they get.
import { cpSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

rmSync('.copied', { recursive: true, force: true });
cpSync(dirname(fileURLToPath(import.meta.url)), '.copied', { recursive: true });
