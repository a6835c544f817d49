import { Component, type ElementRef, computed, inject, signal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router } from '@angular/router';
import { Words } from '@linepack/console-ui';
import { FaceplateStore } from '../alarm/faceplate.store';
import { PlantStore } from '../live/plant.store';
import { type TagHit, findTags } from './tag-match';

const SHOWN = 12;

/** Search a tag by key, name or station; Enter opens its station and faceplate. */
@Component({
  selector: 'lp-tag-search',
  imports: [FormsModule],
  templateUrl: './tag-search.html',
  styleUrl: './tag-search.css',
})
export class TagSearch {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  private readonly plant = inject(PlantStore);
  private readonly router = inject(Router);
  private readonly faceplate = inject(FaceplateStore);
  private readonly sheet = viewChild.required<ElementRef<HTMLDialogElement>>('sheet');
  protected readonly typed = signal('');
  protected readonly chosen = signal(0);
  protected readonly hits = computed(() =>
    findTags(this.plant.tags(), this.plant.station, this.typed(), SHOWN),
  );

  open(): void {
    this.typed.set('');
    this.chosen.set(0);
    this.sheet().nativeElement.showModal();
  }

  protected type(text: string): void {
    this.typed.set(text);
    this.chosen.set(0);
  }

  protected keyed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const count = this.hits().length;
      if (count > 0) this.chosen.update((i) => (i + step + count) % count);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const hit = this.hits()[this.chosen()];
      if (hit) this.go(hit);
    }
  }

  protected go(hit: TagHit): void {
    this.sheet().nativeElement.close();
    this.faceplate.openTag(hit.tag.tagId);
    void this.router.navigate(['/stations', hit.station.id], { queryParams: { tag: hit.tag.tagId } });
  }
}
