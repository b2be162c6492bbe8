import { readPage, withPicture, writePage } from './page.js';
import { picture } from './picture.js';
import { readSources } from './sources.js';

// Draws the map of the house into its page: `npm run map`.
writePage(withPicture(readPage(), picture(readSources())));
