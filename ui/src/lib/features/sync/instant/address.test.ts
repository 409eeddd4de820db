import { describe, expect, it } from 'vitest';
import { readAddress } from './address';

describe('a public address', () => {
  it.each([
    ['https://leads.example.com', 'https://leads.example.com'],
    [' leads.example.com/ ', 'https://leads.example.com'],
    ['https://example.com:8443/cadencia/', 'https://example.com:8443/cadencia'],
    ['HTTPS://Leads.Example.com', 'https://leads.example.com']
  ])('is understood as typed: %j', (typed, url) => {
    expect(readAddress(typed)).toEqual({ url });
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['https://', 'unreadable'],
    ['leads example', 'unreadable'],
    ['http://leads.example.com', 'not_https'],
    ['ftp://leads.example.com', 'not_https'],
    ['localhost:8000', 'local'],
    ['http://127.0.0.1:8000', 'local'],
    ['192.168.0.10', 'local'],
    ['172.20.1.1', 'local'],
    ['[::1]:8000', 'local'],
    ['meucomputador', 'local'],
    ['pc-da-ana.local', 'local'],
    ['https://ana:segredo@leads.example.com', 'extra'],
    ['https://leads.example.com?x=1', 'extra']
  ])('tells what is wrong with %j', (typed, problem) => {
    expect(readAddress(typed)).toEqual({ problem });
  });
});
