/** `npm run docs`: writes the generated parts of the documents. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS, ROOT, readDocument, references, regenerate } from './reference.js';

const parts = await references();
for (const name of DOCUMENTS) writeFileSync(join(ROOT, name), regenerate(readDocument(name), parts));
