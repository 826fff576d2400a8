import { scenarios } from './testing/scenarios.ts'

scenarios('telegram')
