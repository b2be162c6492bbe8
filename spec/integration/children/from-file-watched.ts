// A list in a file that is watched, and nothing else.
import { fromFile } from '../../../src/node/index.js';

const [path] = process.argv.slice(2) as [string];
fromFile(path).subscribe((transports) => console.log(transports.map(({ address }) => address).join()));
