import type { ApiError, BackendError, ProblemCode } from '$lib/backend';
import { maybe, t } from '$lib/i18n';

export interface Words {
  /** What happened. */
  title: string;
  /** What it means, and what to do. */
  body: string;
}

/** A problem in the person's words. */
export function problemWords(code: ProblemCode, detail = ''): Words {
  const part = (name: string) => maybe(`errors.${code}.${name}`, { detail })?.trim();
  return {
    title: part('title') ?? t('errors.internal.title'),
    body: [part('body') ?? t('errors.internal.body'), part('action')].filter(Boolean).join(' ')
  };
}

/** The words of an error as the core or a call gives it. */
export function errorWords(error: ApiError | BackendError): Words {
  return problemWords(error.code, error.detail);
}
