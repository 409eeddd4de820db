// One line per area of the words. Adding one here gives its keys their type.
import bulk from '../../../messages/pt-BR/bulk.json';
import changes from '../../../messages/pt-BR/changes.json';
import connect from '../../../messages/pt-BR/connect.json';
import edit from '../../../messages/pt-BR/edit.json';
import errors from '../../../messages/pt-BR/errors.json';
import events from '../../../messages/pt-BR/events.json';
import frame from '../../../messages/pt-BR/frame.json';
import health from '../../../messages/pt-BR/health.json';
import home from '../../../messages/pt-BR/home.json';
import leads from '../../../messages/pt-BR/leads.json';
import nav from '../../../messages/pt-BR/nav.json';
import outbox from '../../../messages/pt-BR/outbox.json';
import settings from '../../../messages/pt-BR/settings.json';
import sync from '../../../messages/pt-BR/sync.json';
import ui from '../../../messages/pt-BR/ui.json';
import webhook from '../../../messages/pt-BR/webhook.json';

export default {
  bulk,
  changes,
  connect,
  edit,
  errors,
  events,
  frame,
  health,
  home,
  leads,
  nav,
  outbox,
  settings,
  sync,
  ui,
  webhook
};
