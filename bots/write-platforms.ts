import { writeFileSync } from 'node:fs'
import { platformsPage } from './platforms-page.ts'
import { platformColumns } from './registry.ts'

/** `npm run platforms`: writes the page "Which platform allows what". */
writeFileSync(new URL('./PLATFORMS.md', import.meta.url), platformsPage(platformColumns()))
