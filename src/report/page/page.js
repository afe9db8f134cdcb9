'use strict';
(() => {
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  const rules = data.nxy.length;
  const PAGE = 50;
  const ANY = '(any basket)';

  // Numbers as the rest of the page has them.
  const whole = number => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
  const fixed = (number, decimals) => {
    const text = number.toFixed(decimals);
    const unit = 10 ** decimals, scaled = number * unit, floor = Math.floor(scaled);
    // Half goes to the even digit.
    return scaled - floor === 0.5 ? ((floor % 2 ? floor + 1 : floor) / unit).toFixed(decimals) : text;
  };
  const percent = fraction => {
    const value = 100 * fraction;
    if (value >= 0.1 || value === 0) return fixed(value, 1) + ' %';
    if (value >= 0.01) return fixed(value, 2) + ' %';
    return value >= 0.001 ? fixed(value, 3) + ' %' : '<0.001 %';
  };
  const times = lift => lift < 9.995 ? fixed(lift, 2) : lift < 99.95 ? fixed(lift, 1) : whole(Math.round(lift));
  const chance = p => p < 0.001 ? '< 0.001' : p < 0.1 ? fixed(p, 3) : fixed(p, 2);
  const points = change => {
    const points = fixed(Math.abs(100 * change), 1);
    return points === '0.0' ? points : (change < 0 ? '−' : '+') + points;
  };
  const value = number => {
    if (!Number.isFinite(number)) return number > 0 ? '∞' : '−∞';
    return number !== 0 && Math.abs(number) < 0.001 ? number.toExponential(2) : fixed(number, 3);
  };

  const column = of => Float64Array.from({ length: rules }, (_, rule) => of(rule));
  const support = column(rule => data.nxy[rule] / data.n);
  const confidence = column(rule => data.nxy[rule] / data.nx[rule]);
  const lift = column(rule => data.n * data.nxy[rule] / (data.nx[rule] * data.ny[rule]));
  const keys = { baskets: data.nxy, support, confidence, lift, chance: data.p, value: data.value, rank: column(rule => rule) };
  if (data.before) keys.change = column(rule => data.before[rule] === null ? 2 : confidence[rule] - data.before[rule]);
  const text = side => side.length ? side.map(item => data.items[item]).join(', ') : ANY;
  const lower = data.items.map(item => item.toLowerCase()), lowerSides = {};
  const most = rules ? lift.reduce((a, b) => Math.max(a, b)) : 1;

  // What is shown: the order of all rules, those that pass the filters, and a page of them.
  let order = Array.from({ length: rules }, (_, rule) => rule);
  let passing = order, page = 0, chosen = -1, sortKey = 'rank', falling = false;

  const body = byId('rows'), form = byId('filters'), bar = byId('chosen');

  const sort = (key, isFalling) => {
    sortKey = key;
    falling = isFalling;
    const of = keys[key];
    if (of) {
      order.sort((a, b) => (isFalling ? of[b] - of[a] : of[a] - of[b]) || a - b);
    } else {
      const texts = lowerSides[key] ||= data[key].map(side => text(side).toLowerCase());
      const way = isFalling ? -1 : 1;
      order.sort((a, b) => texts[a] < texts[b] ? -way : texts[a] > texts[b] ? way : a - b);
    }
    for (const head of document.querySelectorAll('#table thead th')) {
      const button = head.querySelector('button');
      if (button.dataset.key === key) head.setAttribute('aria-sort', isFalling ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
  };

  // Which rules pass; an order of the same ones changes no plot.
  const filter = (isOther = true) => {
    const sought = form.search.value.toLowerCase().trim();
    // A comma may be part of a label.
    const words = lower.some(item => item.includes(sought)) ? [sought] : sought.split(',').map(word => word.trim());
    // Which items hold each of the words, so that a rule need not compare texts.
    const held = words.filter(word => word).map(word => lower.map(item => item.includes(word)));
    const where = form.where.value;
    const number = (field, unit) => field.value === '' ? -Infinity : Number(field.value) / unit - 1e-12;
    const [least, sure, often] = [number(form.lift, 1), number(form.confidence, 100), number(form.support, 100)];
    const [isSure, isChanged] = [form.sure, form.changed].map(field => field && field.checked);
    passing = order.filter(rule => {
      if (lift[rule] < least || confidence[rule] < sure || support[rule] < often) return false;
      if (isSure && !data.sure[rule] || isChanged && !data.changed[rule]) return false;
      return held.every(items => {
        const holds = item => items[item];
        return where !== 'y' && data.x[rule].some(holds) || where !== 'x' && data.y[rule].some(holds);
      });
    });
    page = 0;
    drawRows();
    if (isOther) drawPlots();
  };

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const SVG = 'http://www.w3.org/2000/svg';
  const mark = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const side = items => {
    const cell = element('td', { class: 'side' });
    items.forEach((item, place) => cell.append(place ? ', ' : '', element('bdi', {}, data.items[item])));
    if (!items.length) cell.append(ANY);
    return cell;
  };

  const row = rule => {
    const pick = element('button', { type: 'button', class: 'pick', 'aria-label': 'Rule ' + whole(rule + 1), 'aria-pressed': rule === chosen, tabindex: -1 }, whole(rule + 1));
    const mini = mark('svg', { class: 'mini', viewBox: '0 0 56 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    mini.append(mark('rect', { width: Math.round(560 * lift[rule] / most) / 10, height: 10 }));
    const made = element('tr', { 'data-r': rule }, element('th', { scope: 'row' }, pick), side(data.x[rule]), side(data.y[rule]),
      element('td', {}, mini, times(lift[rule])), element('td', {}, percent(confidence[rule])),
      element('td', {}, percent(support[rule])), element('td', {}, whole(data.nxy[rule])));
    if (data.p) made.append(element('td', {}, chance(data.p[rule]) + (data.sure[rule] ? ' ✓' : '')));
    if (data.before) made.append(element('td', {}, data.before[rule] === null ? 'new' : points(confidence[rule] - data.before[rule]) + (data.changed[rule] ? ' ✓' : '')));
    if (data.value) made.append(element('td', {}, value(data.value[rule])));
    if (rule === chosen) made.className = 'on';
    return made;
  };

  const drawRows = () => {
    const first = page * PAGE, shown = passing.slice(first, first + PAGE);
    body.replaceChildren(...shown.map(row));
    const pick = body.querySelector('.on .pick') || body.querySelector('.pick');
    if (pick) pick.tabIndex = 0;
    const last = Math.max(0, Math.ceil(passing.length / PAGE) - 1);
    byId('first').disabled = byId('previous').disabled = page === 0;
    byId('next').disabled = byId('last').disabled = page >= last;
    byId('count').textContent = passing.length
      ? `Rules ${whole(first + 1)} to ${whole(first + shown.length)} of ${whole(passing.length)}` + (passing.length < rules ? `, filtered from ${whole(rules)}` : '')
      : `No rule passes the filters. Remove some of them to see rules.`;
  };
  const go = to => {
    page = Math.max(0, Math.min(to, Math.ceil(passing.length / PAGE) - 1));
    drawRows();
  };

  // The scatter plot: its axes as offset, factor, and whether of the logarithm.
  const scatter = byId('scatter'), graph = byId('graph'), matrix = byId('matrix'), parallel = byId('parallel');
  const axis = words => {
    const [offset, factor, isLog] = words.split(' ').map(Number);
    return number => offset + factor * (isLog ? Math.log10(number) : number);
  };
  const shade = (lift, starts) => {
    let step = 0;
    while (step < starts.length && lift >= starts[step]) step++;
    return step && step + 6 - starts.length;
  };
  let placeX, placeY, dots, shades, ring, over;
  if (scatter) {
    const x = axis(scatter.dataset.x), y = axis(scatter.dataset.y);
    placeX = column(rule => x(support[rule]));
    placeY = column(rule => y(confidence[rule]));
    const starts = scatter.dataset.lifts.split(',').map(Number);
    shades = Uint8Array.from(lift, lift => shade(lift, starts));
    dots = Array.from(placeX, (x, rule) => `M${x.toFixed(1)} ${placeY[rule].toFixed(1)}h.01`);
    ring = mark('circle', { class: 'ring', r: 10, hidden: '' });
    scatter.append(ring);
  }
  let isPassing = new Uint8Array(rules).fill(1);
  const drawPlots = () => {
    if (!scatter) return;
    isPassing.fill(0);
    for (const rule of passing) isPassing[rule] = 1;
    const paths = ['', '', '', '', '', '', ''];
    // The best come last, on top of the others.
    for (let rule = rules - 1; rule >= 0; rule--) if (isPassing[rule]) paths[shades[rule]] += dots[rule];
    scatter.querySelectorAll('.dots path').forEach((path, shade) => path.setAttribute('d', paths[shade]));
    for (const of of document.querySelectorAll('.plot [data-r]')) of.classList.toggle('off', !isPassing[of.dataset.r]);
    if (matrix) {
      const fields = new Set();
      for (const rule of passing) fields.add(data.field[rule]);
      for (const of of matrix.querySelectorAll('[data-c]')) of.classList.toggle('off', !fields.has(Number(of.dataset.c)));
    }
  };

  // Each label is an element of its own, so that no direction of letters turns the arrow.
  const sides = rule => [...side(data.x[rule]).childNodes, ' → ', ...side(data.y[rule]).childNodes];
  const baskets = number => whole(number) + (number === 1 ? ' basket' : ' baskets');
  const numbers = rule => `${percent(confidence[rule])} of ${baskets(data.nx[rule])} with the left side, ${times(lift[rule])} times as often as in general; both in ${baskets(data.nxy[rule])} (${percent(support[rule])})`;

  // Marks a rule wherever it is shown; -1 marks none.
  const choose = rule => {
    chosen = rule;
    for (const of of document.querySelectorAll('.on')) of.classList.remove('on');
    for (const of of body.querySelectorAll('[aria-pressed=true]')) of.setAttribute('aria-pressed', 'false');
    for (const plot of [graph, matrix, parallel]) if (plot) plot.classList.remove('some');
    if (over) over.remove();
    bar.hidden = rule < 0;
    document.body.classList.toggle('with', rule >= 0);
    if (ring) ring.toggleAttribute('hidden', rule < 0);
    if (rule < 0) return byId('chosen-text').replaceChildren();
    byId('chosen-text').replaceChildren(element('strong', {}, `Rule ${whole(rule + 1)}: `), ...sides(rule), ` — ${numbers(rule)}`);
    if (ring) {
      ring.setAttribute('cx', placeX[rule]);
      ring.setAttribute('cy', placeY[rule]);
    }
    const own = body.querySelector(`[data-r="${rule}"]`);
    if (own) {
      own.classList.add('on');
      own.querySelector('.pick').setAttribute('aria-pressed', 'true');
      body.querySelectorAll('.pick').forEach(pick => pick.tabIndex = -1);
      own.querySelector('.pick').tabIndex = 0;
    }
    const put = (plot, selector) => {
      const found = plot && plot.querySelector(selector);
      if (!found) return;
      plot.classList.add('some');
      found.classList.add('on');
      return found;
    };
    put(graph, `[data-r="${rule}"]`);
    put(matrix, `[data-c="${data.field[rule]}"]`);
    if (parallel && !put(parallel, `[data-r="${rule}"]`)) {
      const scales = parallel.dataset.axes.split(',').map(axis), places = parallel.dataset.places.split(' ');
      const values = [data.nx[rule] / data.n, support[rule], data.ny[rule] / data.n, confidence[rule], lift[rule]];
      over = mark('path', { class: 'way on', d: 'M' + values.map((value, place) => `${places[place]} ${scales[place](value).toFixed(1)}`).join('L') });
      parallel.append(over);
      parallel.classList.add('some');
    }
  };
  // Also shows it in the table.
  const show = rule => {
    const place = passing.indexOf(rule);
    if (place >= 0 && Math.floor(place / PAGE) !== page) go(Math.floor(place / PAGE));
    choose(rule);
  };

  body.addEventListener('click', event => {
    const of = event.target.closest('tr[data-r]');
    // Text of the table may be selected with the pointer; a key always chooses.
    if (!of || event.detail && String(getSelection())) return;
    const rule = Number(of.dataset.r);
    choose(rule === chosen ? -1 : rule);
  });
  body.addEventListener('keydown', event => {
    const picks = [...body.querySelectorAll('.pick')], place = picks.indexOf(event.target);
    if (place < 0) return;
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: picks.length - 1 }[event.key];
    let next = to === undefined ? undefined : picks[to];
    if (event.key === 'PageDown' || event.key === 'PageUp' || to === picks.length || to === -1) {
      const before = page, isUp = event.key === 'PageUp' || to === -1;
      go(page + (isUp ? -1 : 1));
      if (page === before) return event.preventDefault();
      const now = body.querySelectorAll('.pick');
      next = to === -1 ? now[now.length - 1] : now[0];
    }
    if (!next) return;
    event.preventDefault();
    body.querySelectorAll('.pick').forEach(pick => pick.tabIndex = -1);
    next.tabIndex = 0;
    next.focus();
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && chosen >= 0) {
      const inside = bar.contains(document.activeElement);
      choose(-1);
      const pick = inside && body.querySelector('.pick[tabindex="0"]');
      if (pick) pick.focus();
    }
  });
  byId('clear').addEventListener('click', () => {
    choose(-1);
    const pick = body.querySelector('.pick[tabindex="0"]');
    if (pick) pick.focus({ preventScroll: true });
  });

  // The nearest dot to a pointer, within some pixels.
  const nearest = event => {
    const matrix = scatter.getScreenCTM();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const reach = 14 / matrix.a;
    let best = -1, least = reach * reach;
    for (const rule of passing) {
      const distance = (placeX[rule] - at.x) ** 2 + (placeY[rule] - at.y) ** 2;
      if (distance < least || distance === least && rule < best) [best, least] = [rule, distance];
    }
    return best;
  };
  const tip = byId('tip');
  const pointed = event => {
    const plot = event.target.closest && event.target.closest('.plot');
    if (!plot) return -1;
    if (plot === scatter) return nearest(event);
    const of = event.target.closest('[data-r],[data-c]');
    if (!of) return -1;
    if (of.dataset.r) return Number(of.dataset.r);
    return passing.length ? data.field.findIndex((field, rule) => field === Number(of.dataset.c) && isPassing[rule]) : -1;
  };
  document.addEventListener('pointermove', event => {
    const plot = event.target.closest && event.target.closest('#scatter,#parallel');
    const rule = plot ? pointed(event) : -1;
    tip.hidden = rule < 0;
    if (rule < 0) return;
    tip.replaceChildren(...sides(rule), element('br', {}), numbers(rule));
    // Beside the pointer, within the window.
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
    const below = event.clientY + 18;
    tip.style.top = (below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : below) + 'px';
  });
  document.addEventListener('click', event => {
    const item = event.target.closest('.plot [data-i]');
    if (item) {
      form.search.value = data.items[item.dataset.i];
      return filter();
    }
    const rule = pointed(event);
    if (rule >= 0) show(rule);
  });

  if (!rules) return;
  document.querySelector('#table thead').addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const key = button.dataset.key, isRising = ['rank', 'x', 'y', 'chance'].includes(key);
    sort(key, key === sortKey ? !falling : !isRising);
    filter(false);
  });
  form.addEventListener('input', () => filter());
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => filter()));
  byId('first').addEventListener('click', () => go(0));
  byId('previous').addEventListener('click', () => go(page - 1));
  byId('next').addEventListener('click', () => go(page + 1));
  byId('last').addEventListener('click', () => go(Infinity));
  document.body.classList.add('live');
  form.hidden = false;
  byId('pager').hidden = false;
  // The fields keep what was in them when a page is loaded again.
  sort('rank', false);
  filter();
})();
