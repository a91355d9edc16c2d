// For Node before 22.15, whose modules are loaded where `cicd_reads.cjs` cannot see it.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const fs = createRequire(import.meta.url)('node:fs');

export async function load(url, context, next) {
  if (url.startsWith('file:') && process.env.CICD_READS) {
    const name = fileURLToPath(url);
    if (!name.includes('/node_modules/')) {
      const escaped = name.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n');
      fs.appendFileSync(process.env.CICD_READS, `R\tthere\t${escaped}\n`);
    }
  }
  return next(url, context);
}
