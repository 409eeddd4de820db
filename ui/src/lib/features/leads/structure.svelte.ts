/* eslint-disable svelte/prefer-svelte-reactivity -- these collections are private or rebuilt whole; a rune beside them tells who reads */
import {
  call,
  type BackendError,
  type FieldView,
  type LeadRow,
  type MappingView,
  type PipelineView,
  type StageRef,
  type StageView,
  type UserView
} from '$lib/backend';
import { t } from '$lib/i18n';
import { Loader } from '$lib/state/loader.svelte';

const stageKey = ({ pipeline_id, status_id }: StageRef) => `${pipeline_id}:${status_id}`;

/** Names and colours for the numbers of a lead: stages, people, tags, fields. */
export class Structure {
  #accountId: string | null = null;
  #loader = new Loader<MappingView>(() =>
    call('mapping_get', this.#accountId ? { account_id: this.#accountId } : {})
  );
  #stages = $derived(
    new Map(
      (this.#loader.value?.pipelines ?? [])
        .flatMap((pipeline) => pipeline.stages)
        .map((stage) => [stageKey(stage), stage])
    )
  );
  #users = $derived(new Map(this.#loader.value?.users.map((user) => [user.kommo_id, user])));
  #pipelines = $derived(new Map(this.#loader.value?.pipelines.map((one) => [one.kommo_id, one])));

  #fields = $derived(new Map(this.#loader.value?.fields.map((one) => [one.kommo_id, one])));

  get view(): MappingView | null {
    return this.#loader.value;
  }

  get error(): BackendError | null {
    return this.#loader.error;
  }

  /** The account works with more than one pipeline: a stage needs its pipeline's name beside it. */
  get hasManyPipelines(): boolean {
    return (this.view?.pipelines.filter((one) => !one.is_archived).length ?? 0) > 1;
  }

  /** Custom fields of leads: what the table can be filtered by. */
  get leadFields(): FieldView[] {
    return this.view?.fields.filter((field) => field.entity === 'lead') ?? [];
  }

  /** Custom fields of people, phones and e-mails among them. */
  get contactFields(): FieldView[] {
    return this.view?.fields.filter((field) => field.entity === 'contact') ?? [];
  }

  /** Who can be made responsible. */
  get activeUsers(): UserView[] {
    return this.view?.users.filter((user) => user.is_active) ?? [];
  }

  /** Who signed in, when they can be made responsible. */
  get me(): UserView | null {
    const id = this.view?.current_user_id ?? null;
    return this.activeUsers.find((user) => user.kommo_id === id) ?? null;
  }

  field(id: number): FieldView | undefined {
    return this.#fields.get(id);
  }

  open(accountId: string): void {
    if (accountId !== this.#accountId) this.#loader.clear();
    this.#accountId = accountId;
    void this.load();
  }

  load(): Promise<void> {
    return this.#loader.load();
  }

  stage(of: StageRef): StageView | undefined {
    return this.#stages.get(stageKey(of));
  }

  pipeline(id: number): PipelineView | undefined {
    return this.#pipelines.get(id);
  }

  /** A person's name; by number when Kommo does not tell us names. Null is nobody. */
  userName(id: number | null): string | null {
    if (id === null || id === 0) return null;
    return this.#users.get(id)?.name ?? t('leads.cell.user_number', { number: String(id) });
  }

  stageName(of: StageRef): string {
    return this.stage(of)?.name ?? t('leads.cell.stage_number', { number: String(of.status_id) });
  }
}

/** What a lead is called. */
export function leadName(lead: Pick<LeadRow, 'name' | 'kommo_id'>): string {
  return lead.name.trim() || t('leads.unnamed', { number: String(lead.kommo_id) });
}
