import { scenarios } from './testing/scenarios.ts'

scenarios('web')
