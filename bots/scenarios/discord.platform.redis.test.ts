import { scenarios } from './testing/scenarios.ts'

scenarios('discord')
