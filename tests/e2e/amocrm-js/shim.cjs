'use strict';
// Leads the requests that a client makes to Kommo's hosts to a simulator on this machine.
// The client itself stays as published: it still speaks of https and of the account's own host.
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');

const KOMMO_HOST = /(^|\.)(kommo\.com|amocrm\.com|amocrm\.ru)$/;

/** The first line the simulator printed: as text, or as the path of a file that holds it. */
function connection() {
  const given = process.env.CADENCIA_SIM || process.argv[2];
  if (!given) {
    throw new Error('say where the simulator is: CADENCIA_SIM=<its first line, or a file with it>');
  }
  const text = given.trimStart().startsWith('{') ? given : fs.readFileSync(given, 'utf8').split('\n')[0];
  return JSON.parse(text);
}

const base = new URL(connection().base_url);
const original = https.request;

https.request = function request(options, ...rest) {
  const host = options && typeof options === 'object' ? options.hostname || options.host : undefined;
  if (!host || !KOMMO_HOST.test(host)) {
    return original.call(https, options, ...rest);
  }
  const { path, method, headers } = options;
  return http.request(
    { hostname: base.hostname, port: base.port, path, method, headers: { ...headers, host } },
    ...rest,
  );
};

module.exports = { connection };
