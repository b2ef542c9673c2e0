
function checkJob(){

    var name = '5fd029158c82e7313614426f'
    var url='https://[ip]/api/ai/jobs/'+name

    fetch(url,{
        method:'GET'
    })
    .then(res => res.json())
    .then(json => console.log(json))
}

