import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { botsConfig, sharedConfig, workerConfig } from './config.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadreel-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('config', () => {
  it('has a default for everything', () => {
    expect(sharedConfig({}).REDIS_URL).toBe('redis://127.0.0.1:6379')
    expect(workerConfig({}).DEVICE).toBe('auto')
    expect(botsConfig({ DATA_DIR: folder })).toMatchObject({
      PORT: 8080,
      PUBLIC_URL: 'http://localhost:8080',
      DAILY_CREDITS: 66,
    })
  })

  it('wants the name of the model that makes shot lists', () => {
    const IDEA_URL = 'http://localhost:11434/v1'
    expect(botsConfig({ DATA_DIR: folder, IDEA_URL, IDEA_MODEL: 'm' })).toMatchObject({ IDEA_URL, IDEA_MODEL: 'm' })
    expect(() => botsConfig({ DATA_DIR: folder, IDEA_URL })).toThrow(/IDEA_MODEL/)
    expect(() => botsConfig({ DATA_DIR: folder, IDEA_URL: 'localhost', IDEA_MODEL: 'm' })).toThrow(/IDEA_URL/)
  })

  it('takes no password in the address of the model, and repeats none', () => {
    for (const user of ['ann:s3cret@', 'ann@', ':s3cret@']) {
      const IDEA_URL = `https://${user}models.example/v1`
      let said = ''
      try {
        botsConfig({ DATA_DIR: folder, IDEA_URL, IDEA_MODEL: 'm' })
      } catch (error) {
        said = String(error)
      }
      expect(said).toMatch(/IDEA_URL.*IDEA_KEY is for that/)
      expect(said).not.toMatch(/s3cret|ann/)
    }
  })

  it('reads the place of the operator', () => {
    const placeIn = (OPERATOR_PLACE: string) => botsConfig({ DATA_DIR: folder, OPERATOR_PLACE }).OPERATOR_PLACE
    expect(placeIn('telegram/-100123')).toEqual({ platform: 'telegram', channel: '-100123', private: false })
    expect(placeIn('discord/12/34')).toEqual({ platform: 'discord', channel: '12', thread: '34', private: false })
    for (const wrong of ['-100123', 'telegram/', 'telegram/1/2/3', 'telegram/a b'])
      expect(() => placeIn(wrong)).toThrow(/OPERATOR_PLACE/)
  })

  it('names every wrong variable at once', () => {
    const wrong = { REDIS_URL: 'localhost', PORT: 'eighty', SECRET: 'short' }
    expect(() => botsConfig(wrong)).toThrow(/REDIS_URL[\s\S]*PORT[\s\S]*SECRET/)
  })

  it('takes an empty variable as not set', () => {
    expect(sharedConfig({ S3_ENDPOINT: '', LOG_LEVEL: '' }).LOG_LEVEL).toBe('info')
  })

  it('keeps a secret it made itself', () => {
    const first = botsConfig({ DATA_DIR: folder }).SECRET
    expect(first.length).toBeGreaterThan(40)
    expect(botsConfig({ DATA_DIR: folder }).SECRET).toBe(first)
  })

  it('believes the proxies it is told of, and refuses what is none', () => {
    expect(botsConfig({ DATA_DIR: folder }).TRUST_PROXY).toEqual([])
    const TRUST_PROXY = 'loopback 10.0.0.0/8, fd00::1'
    expect(botsConfig({ DATA_DIR: folder, TRUST_PROXY }).TRUST_PROXY).toEqual(['loopback', '10.0.0.0/8', 'fd00::1'])
    for (const wrong of ['1', 'true', '10.0.0.0/33', 'proxy'])
      expect(() => botsConfig({ DATA_DIR: folder, TRUST_PROXY: wrong })).toThrow(/TRUST_PROXY/)
  })

  it('reads lists by blanks or commas', () => {
    expect(botsConfig({ DATA_DIR: folder, OPERATORS: 'web:a, web:b  web:c' }).OPERATORS).toEqual([
      'web:a',
      'web:b',
      'web:c',
    ])
  })
})
