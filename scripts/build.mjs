// `npm run build`: sets up, which builds what changed.

import { setUp } from './setup.mjs';

await setUp();
