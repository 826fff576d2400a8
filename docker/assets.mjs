// Copies what the compiler leaves behind into dist: Lua, the page of the web chat, the built-in model package.
import { cpSync } from 'node:fs'

for (const path of ['core/lua', 'bots/web/page', 'worker/models', 'package.json'])
  cpSync(path, `dist/${path}`, { recursive: true })
